//! principal-property-search (RFC 3744, 9.4): an account finds itself alone.

use axum::body::Body;
use axum::http::{Response, StatusCode, header};
use store::Account;

use super::ask::Ask;
use super::multistatus::Rendering;
use super::node::Node;
use crate::caldav::calendar_data::Wish;
use crate::failure::{Outcome, XML_TYPE};
use crate::request::Request;
use crate::resource::Resource;
use crate::xml::{CALDAV, CALENDARSERVER, DAV, Element, Xml};

pub(crate) async fn run(request: &Request, body: &Element) -> Outcome {
    found(request, body, is_found(&request.account, body)).await
}

/// The account's principal with the properties that are asked for, or nothing.
pub(crate) async fn found(request: &Request, body: &Element, is_found: bool) -> Outcome {
    let (ask, whole) = (Ask::of(body)?, Wish::default());
    let mut xml = Xml::document("D:multistatus");
    if is_found {
        let node = Node::of(request, Resource::Principal).await?;
        xml.raw(&Rendering::of(request, &ask, &whole).response(&node));
    }
    xml.close("D:multistatus");
    Ok(answer(xml, StatusCode::MULTI_STATUS))
}

/// Whether every search finds the account; with `test="anyof"`, as Apple's clients ask, one does.
fn is_found(account: &Account, body: &Element) -> bool {
    let mut searches = body.all(DAV, "property-search").peekable();
    let is_search = searches.peek().is_some();
    is_search
        && match body.attribute("test") {
            Some("anyof") => searches.any(|search| finds(account, search)),
            _ => searches.all(|search| finds(account, search)),
        }
}

/// Whether each property that is searched contains the text.
fn finds(account: &Account, search: &Element) -> bool {
    let wanted = search
        .child(DAV, "match")
        .map(Element::text)
        .unwrap_or_default();
    let wanted = wanted.trim().to_lowercase();
    let contains = |text: &str| text.to_lowercase().contains(&wanted);
    let mut searched = search
        .all(DAV, "prop")
        .flat_map(Element::elements)
        .peekable();
    searched.peek().is_some()
        && searched.all(|property| {
            let mut addresses = account.addresses();
            if property.is(DAV, "displayname") {
                contains(match account.name.as_str() {
                    "" => &account.address,
                    name => name,
                })
            } else if property.is(CALDAV, "calendar-user-address-set") {
                addresses.any(|address| contains(&format!("mailto:{address}")))
            } else {
                property.is(CALENDARSERVER, "email-address-set") && addresses.any(contains)
            }
        })
}

/// What can be searched for.
pub(crate) fn properties() -> Response<Body> {
    let mut xml = Xml::document("D:principal-search-property-set");
    for (property, description) in [
        ("<D:displayname/>", "Name"),
        ("<C:calendar-user-address-set/>", "Address"),
        ("<S:email-address-set/>", "Mail address"),
    ] {
        xml.open("D:principal-search-property")
            .open("D:prop")
            .raw(property)
            .close("D:prop");
        xml.raw("<D:description xml:lang=\"en\">")
            .text(description)
            .close("D:description")
            .close("D:principal-search-property");
    }
    xml.close("D:principal-search-property-set");
    answer(xml, StatusCode::OK)
}

fn answer(xml: Xml, status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::from(xml.into_string()));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, XML_TYPE);
    response
}
