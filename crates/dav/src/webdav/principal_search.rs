//! principal-property-search (RFC 3744, 9.4): an account finds itself alone.

use axum::body::Body;
use axum::http::{Response, StatusCode, header};
use store::Account;

use super::ask::Ask;
use super::multistatus::Rendering;
use super::node::Node;
use crate::caldav::calendar_data::Wish;
use crate::failure::XML_TYPE;
use crate::request::Request;
use crate::xml::{DAV, Element, Xml};

pub(crate) fn run(request: &Request, body: &Element) -> Response<Body> {
    let mut xml = Xml::document("D:multistatus");
    if is_found(&request.account, body) {
        let (ask, whole) = (Ask::of(body), Wish::default());
        let rendering = Rendering::of(request, &ask, &whole);
        xml.raw(&rendering.response(&Node::Principal));
    }
    xml.close("D:multistatus");
    answer(xml, StatusCode::MULTI_STATUS)
}

/// Whether name or addresses contain every text that is searched for.
fn is_found(account: &Account, body: &Element) -> bool {
    let mut known = account.name.to_lowercase();
    for address in account.addresses() {
        known.push('\n');
        known.push_str(&address.to_lowercase());
    }
    let mut searches = body.all(DAV, "property-search").peekable();
    let is_search = searches.peek().is_some();
    is_search
        && searches.all(|search| {
            let wanted = search
                .child(DAV, "match")
                .map(Element::text)
                .unwrap_or_default();
            let wanted = wanted.trim().to_lowercase();
            known.contains(wanted.trim_start_matches("mailto:"))
        })
}

/// What can be searched for.
pub(crate) fn properties() -> Response<Body> {
    let mut xml = Xml::document("D:principal-search-property-set");
    for (property, description) in [
        ("<D:displayname/>", "Name"),
        ("<C:calendar-user-address-set/>", "Address"),
    ] {
        xml.open("D:principal-search-property")
            .open("D:prop")
            .raw(property)
            .close("D:prop");
        xml.element("D:description", description)
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
