//! A request of an account: what it is about, its header fields, its body.

use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{HeaderMap, Method, StatusCode};
use store::{
    Account, Collection, CollectionKind, Collections, Detail, Member, Revision, Selection, SyncPage,
};

use crate::Dav;
use crate::authority;
use crate::body;
use crate::failure::{Failure, Outcome};
use crate::resource::{BadPath, Resource};
use crate::scheduling::inbox;
use crate::scheduling::role::{self, Role};
use crate::xml::Element;

/// A request whose sender is known.
pub(crate) struct Request {
    pub(crate) dav: Arc<Dav>,
    pub(crate) account: Account,
    pub(crate) resource: Resource,
    pub(crate) method: Method,
    pub(crate) fields: HeaderMap,
    /// Behind a lock only so that a request can be looked at from a task.
    pub(crate) body: Mutex<Body>,
}

/// How deep a request goes (RFC 4918, 10.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// The resource alone.
    Zero,
    /// With what is directly in it.
    One,
    /// With everything in it.
    Infinity,
}

/// What the client wants to hear of a change (RFC 8144).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prefer {
    /// Nothing said.
    Unsaid,
    /// `return=minimal`
    Minimal,
    /// `return=representation`
    Representation,
}

impl Request {
    pub(crate) fn store(&self) -> &dyn Collections {
        &*self.dav.store
    }

    /// A header field as text; empty when it is not there.
    pub(crate) fn field(&self, name: &str) -> &str {
        let value = self.fields.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The Depth field, `default` without one.
    pub(crate) fn depth(&self, default: Depth) -> Outcome<Depth> {
        match self.field("depth").trim() {
            "" => Ok(default),
            "0" => Ok(Depth::Zero),
            "1" => Ok(Depth::One),
            other if other.eq_ignore_ascii_case("infinity") => Ok(Depth::Infinity),
            _ => Err(Failure::bad_request()),
        }
    }

    pub(crate) fn prefer(&self) -> Prefer {
        for wish in self.wishes() {
            match wish.as_str() {
                "return=minimal" | "return-minimal" => return Prefer::Minimal,
                "return=representation" | "return-representation" => {
                    return Prefer::Representation;
                }
                _ => {}
            }
        }
        match self.field("brief").trim() {
            "t" => Prefer::Minimal,
            _ => Prefer::Unsaid,
        }
    }

    /// Whether a PROPFIND is to leave out the resource that it names (RFC 8144, 4).
    pub(crate) fn wants_no_root(&self) -> bool {
        self.wishes().any(|wish| wish == "depth-noroot")
    }

    /// The preferences of the Prefer field, in lower case, without parameters.
    fn wishes(&self) -> impl Iterator<Item = String> {
        let all = self.fields.get_all("prefer").iter();
        let wishes = all
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','));
        wishes.map(|wish| {
            let wish = wish.split(';').next().unwrap_or_default();
            wish.trim().replace('"', "").to_ascii_lowercase()
        })
    }

    /// The body as XML; `None` when there is none.
    pub(crate) async fn xml(&mut self) -> Outcome<Option<Element>> {
        let limits = &self.dav.limits;
        let body = self.body.get_mut().map(std::mem::take).unwrap_or_default();
        body::read_xml(&self.fields, body, limits.xml, limits.body).await
    }

    /// The body of a calendar object or card; `None` when it is too large.
    pub(crate) async fn object(&mut self) -> Outcome<Option<Vec<u8>>> {
        let limits = &self.dav.limits;
        let body = self.body.get_mut().map(std::mem::take).unwrap_or_default();
        body::read(&self.fields, body, limits.object, limits.body).await
    }

    /// What an href in this request names; 400 or 404 when it is nothing of this account.
    pub(crate) fn named(&self, href: &str) -> Outcome<Resource> {
        Resource::of_href(href, &self.account).map_err(Failure::from)
    }

    /// Where a COPY or MOVE goes: a path, or a URL of this server; 502 for another one (RFC 4918, 9.8.5).
    pub(crate) fn destination(&self) -> Outcome<Result<Resource, BadPath>> {
        let href = self.field("destination").trim();
        if let Some(place) = authority::of_url(href) {
            let names = [self.field("host"), self.field("x-forwarded-host")];
            let public = authority::of_url(&self.dav.public_url);
            let mut ours = names
                .into_iter()
                .filter_map(authority::of_host)
                .chain(public);
            if !ours.any(|one| one == place) {
                return Err(Failure::status(StatusCode::BAD_GATEWAY));
            }
        } else if !href.starts_with('/') || href.starts_with("//") {
            return Err(Failure::bad_request());
        }
        Ok(Resource::of_href(href, &self.account))
    }

    /// A collection that must be there.
    pub(crate) async fn collection(
        &self,
        kind: CollectionKind,
        segment: &str,
    ) -> Outcome<Collection> {
        if let Some(role) = Role::named(kind, segment) {
            return role::collection(self, role).await;
        }
        let found = self
            .store()
            .collection(self.account.id, kind, segment)
            .await?;
        found.ok_or_else(Failure::not_found)
    }

    /// A member, if it is there.
    pub(crate) async fn find_member(
        &self,
        collection: &Collection,
        name: &str,
    ) -> Outcome<Option<Member>> {
        let selection = Selection::Names(vec![name.to_owned()]);
        let found = self.members(collection, selection, Detail::Whole);
        Ok(found.await?.pop())
    }

    /// Members of a collection, by name; in the outbox is nothing.
    pub(crate) async fn members(
        &self,
        of: &Collection,
        selection: Selection,
        detail: Detail,
    ) -> store::Result<Vec<Member>> {
        let (store, account) = (self.store(), self.account.id);
        match Role::of(of) {
            None => {
                let members = store.members(account, of.kind, &of.id, selection, detail);
                members.await
            }
            Some(Role::Inbox) => inbox::members(self, selection, detail).await,
            Some(Role::Outbox) => Ok(Vec::new()),
        }
    }

    /// What changed in a collection since a revision.
    pub(crate) async fn sync(
        &self,
        of: &Collection,
        after: Option<Revision>,
        limit: u32,
    ) -> store::Result<SyncPage> {
        let (store, account) = (self.store(), self.account.id);
        match Role::of(of) {
            Some(Role::Inbox) => store.inbox_sync(account, after, limit).await,
            _ => store.sync(account, of.kind, &of.id, after, limit).await,
        }
    }
}

impl From<BadPath> for Failure {
    fn from(bad: BadPath) -> Self {
        Self::status(match bad {
            BadPath::Malformed => StatusCode::BAD_REQUEST,
            BadPath::Unknown | BadPath::TooDeep => StatusCode::NOT_FOUND,
        })
    }
}
