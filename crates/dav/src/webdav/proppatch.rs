//! PROPPATCH (RFC 4918, 9.2): all or none.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use store::{CollectionId, CollectionKind, PropertyChanges};

use super::condition::{Conditions, State};
use super::etag;
use super::multistatus::propstat;
use super::node::{Node, Place};
use super::patch::{Of, Patch};
use crate::failure::{Failure, Outcome, XML_TYPE};
use crate::request::{Prefer, Request};
use crate::resource::Resource;
use crate::scheduling::role::{DEFAULT_CALENDAR, Role};
use crate::xml::{CALDAV, DAV, Element, Name, Xml};

pub(crate) async fn run(mut request: Request) -> Outcome {
    let update = request.xml().await?.ok_or_else(Failure::bad_request)?;
    let is_instruction = |one: &Element| one.is(DAV, "set") || one.is(DAV, "remove");
    if !update.is(DAV, "propertyupdate") || !update.elements().any(is_instruction) {
        return Err(Failure::bad_request());
    }
    let node = Node::find(&request).await?;
    let conditions = Conditions::of(&request).await?;
    let (of, tag) = match &node {
        Node::Collection(one) => match Role::of(one) {
            None => (Of::Collection(one.kind), None),
            Some(Role::Inbox) => (Of::Inbox, None),
            Some(Role::Outbox) => (Of::Fixed, None),
        },
        Node::Member(_, member, _) => (Of::Member, Some(etag::of(member.revision))),
        Node::Home(..) => (Of::Home, None),
        Node::Principal(_) => (Of::Principal, None),
        _ => (Of::Fixed, None),
    };
    conditions.require(State::of(tag.as_deref()))?;
    let mut patch = Patch::of(&update, of)?;
    let default = default_calendar(&request, &mut patch).await?;
    if patch.refused.is_empty() {
        if let Some(default) = default {
            let setting = request.store();
            let setting = setting.calendar_set_default(request.account.id, &default);
            setting.await?;
        }
        change(&request, &node, patch.changes.clone()).await?;
    }
    if patch.refused.is_empty() && request.prefer() == Prefer::Minimal {
        let mut response = Response::new(Body::empty());
        let applied = HeaderValue::from_static("return=minimal");
        response.headers_mut().insert("preference-applied", applied);
        return Ok(response);
    }
    Ok(answer(&request, &patch))
}

/// The calendar that is to be the default one; refused when it is none (RFC 6638, 4.3.1.2).
async fn default_calendar(request: &Request, patch: &mut Patch) -> Outcome<Option<CollectionId>> {
    let Some(href) = &patch.default_calendar else {
        return Ok(None);
    };
    let found = match request.named(href) {
        Ok(named) if named.role().is_some() => None,
        Ok(Resource::Collection(kind @ CollectionKind::Calendar, segment)) => {
            let (store, account) = (request.store(), request.account.id);
            store.collection(account, kind, &segment).await?
        }
        _ => None,
    };
    if found.is_none() {
        let name = Name::new(CALDAV, DEFAULT_CALENDAR);
        let invalid = "<C:valid-schedule-default-calendar-URL/>";
        patch.refused.push((name, invalid));
    }
    Ok(found.map(|one| one.id))
}

async fn change(request: &Request, node: &Node, changes: PropertyChanges) -> Outcome<()> {
    let (store, account) = (request.store(), request.account.id);
    if changes == PropertyChanges::default() {
        return Ok(());
    }
    let (id, member) = match node {
        _ if node.role() == Some(Role::Inbox) => {
            return Ok(store.inbox_properties_change(account, changes).await?);
        }
        Node::Collection(one) => (one.id.clone(), None),
        Node::Member(of, member, _) => (of.id.clone(), Some(member.name.as_str())),
        Node::Home(kind, _) => named(Place::of(*kind).key()),
        Node::Principal(_) => named(Place::Principal.key()),
        _ => return Ok(()),
    };
    let changing = store.properties_change(account, &id, member, changes);
    Ok(changing.await?)
}

fn named((id, name): (CollectionId, &str)) -> (CollectionId, Option<&str>) {
    (id, Some(name))
}

fn answer(request: &Request, patch: &Patch) -> Response<Body> {
    let mut xml = Xml::document("D:multistatus");
    xml.open("D:response")
        .element("D:href", &request.resource.href(&request.account));
    propstats(&mut xml, patch);
    xml.close("D:response").close("D:multistatus");
    let mut response = Response::new(Body::from(xml.into_string()));
    *response.status_mut() = StatusCode::MULTI_STATUS;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, XML_TYPE);
    response
}

/// What became of each property: 200 all, or 403 for those that cannot be set and 424 for the rest.
pub(crate) fn propstats(xml: &mut Xml, patch: &Patch) {
    let mut rest = Xml::default();
    for name in &patch.names {
        if !patch.refused.iter().any(|(refused, _)| refused == name) {
            rest.named(name, "");
        }
    }
    let rest = rest.into_string();
    if patch.refused.is_empty() {
        propstat(xml, &rest, "200 OK");
        return;
    }
    for (name, condition) in &patch.refused {
        let mut one = Xml::default();
        one.named(name, "");
        xml.open("D:propstat")
            .open("D:prop")
            .raw(&one.into_string())
            .close("D:prop");
        xml.element("D:status", "HTTP/1.1 403 Forbidden");
        xml.open("D:error")
            .raw(condition)
            .close("D:error")
            .close("D:propstat");
    }
    if !rest.is_empty() {
        propstat(xml, &rest, "424 Failed Dependency");
    }
}
