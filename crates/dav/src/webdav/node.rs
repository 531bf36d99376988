//! What properties are asked of: a resource with what is stored of it.

use std::collections::HashMap;
use std::sync::Arc;

use store::{
    AccountId, CalendarId, Collection, CollectionId, CollectionKind, Collections, Member, Property,
};

use crate::failure::{Failure, Outcome};
use crate::request::Request;
use crate::resource::Resource;
use crate::scheduling::role::Role;

/// A resource that is there.
#[derive(Debug, Clone)]
pub(crate) enum Node {
    Root,
    Principals,
    Principal(Vec<Property>),
    Homes(CollectionKind),
    Home(CollectionKind, Vec<Property>),
    Collection(Arc<Collection>),
    Member(Arc<Collection>, Member, Vec<Property>),
}

impl Node {
    /// What names it.
    pub(crate) fn resource(&self) -> Resource {
        match self {
            Self::Root => Resource::Root,
            Self::Principals => Resource::Principals,
            Self::Principal(_) => Resource::Principal,
            Self::Homes(kind) => Resource::Homes(*kind),
            Self::Home(kind, _) => Resource::Home(*kind),
            Self::Collection(one) => Resource::Collection(one.kind, one.segment.clone()),
            Self::Member(of, member, _) => {
                Resource::Member(of.kind, of.segment.clone(), member.name.clone())
            }
        }
    }

    /// Which of inbox and outbox it is.
    pub(crate) fn role(&self) -> Option<Role> {
        match self {
            Self::Collection(collection) => Role::of(collection),
            _ => None,
        }
    }

    /// The properties that clients set on it.
    pub(crate) fn dead(&self) -> &[Property] {
        match self {
            Self::Collection(collection) => &collection.properties,
            Self::Member(_, _, properties)
            | Self::Home(_, properties)
            | Self::Principal(properties) => properties,
            _ => &[],
        }
    }
}

impl Node {
    /// The resource that a request is about, as it is stored.
    pub(crate) async fn find(request: &Request) -> Outcome<Self> {
        Self::of(request, request.resource.clone()).await
    }

    /// Another resource of the account, as it is stored.
    pub(crate) async fn of(request: &Request, resource: Resource) -> Outcome<Self> {
        Ok(match resource {
            Resource::Root => Self::Root,
            Resource::Principals => Self::Principals,
            Resource::Principal => Self::Principal(dead_of_place(request, Place::Principal).await?),
            Resource::Homes(kind) => Self::Homes(kind),
            Resource::Home(kind) => {
                Self::Home(kind, dead_of_place(request, Place::of(kind)).await?)
            }
            Resource::Collection(kind, segment) => {
                Self::Collection(Arc::new(request.collection(kind, &segment).await?))
            }
            Resource::Member(kind, segment, name) => {
                let collection = request.collection(kind, &segment).await?;
                let member = request.find_member(&collection, &name).await?;
                let member = member.ok_or_else(Failure::not_found)?;
                let properties = dead_of_member(request, &collection.id, &name).await?;
                Self::Member(Arc::new(collection), member, properties)
            }
        })
    }
}

/// What is there once for each account, and has properties that clients set on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Principal,
    Calendars,
    AddressBooks,
}

impl Place {
    /// The home of the collections of a kind.
    pub(crate) fn of(kind: CollectionKind) -> Self {
        match kind {
            CollectionKind::Calendar => Self::Calendars,
            CollectionKind::AddressBook => Self::AddressBooks,
        }
    }

    /// Where its properties are kept: as those of a member of a collection that is none, for the ids of
    /// collections are longer.
    pub(crate) fn key(self) -> (CollectionId, &'static str) {
        let name = match self {
            Self::Principal => "principal",
            Self::Calendars => "calendars",
            Self::AddressBooks => "addressbooks",
        };
        (CalendarId("place".to_owned()), name)
    }
}

/// The properties that clients set on a place.
pub(crate) async fn dead_of_place(request: &Request, place: Place) -> store::Result<Vec<Property>> {
    let (of, name) = place.key();
    dead_of_member(request, &of, name).await
}

/// The properties that clients set on a member.
pub(crate) async fn dead_of_member(
    request: &Request,
    of: &CollectionId,
    name: &str,
) -> store::Result<Vec<Property>> {
    let (store, account) = (request.store(), request.account.id);
    let set = store.member_properties(account, of, &[name]).await?;
    Ok(set.into_iter().map(|(_, property)| property).collect())
}

/// The properties that clients set on members, by member.
pub(crate) type Dead = HashMap<String, Vec<Property>>;

/// Reads those of some members; most have none.
pub(crate) async fn dead_of_members(
    store: &dyn Collections,
    account: AccountId,
    collection: &Collection,
    members: &[Member],
) -> store::Result<Dead> {
    let names = members.iter().map(|member| member.name.as_str());
    let names: Vec<&str> = names.collect();
    let set = store.member_properties(account, &collection.id, &names);
    let mut dead = Dead::new();
    for (member, property) in set.await? {
        dead.entry(member).or_default().push(property);
    }
    Ok(dead)
}
