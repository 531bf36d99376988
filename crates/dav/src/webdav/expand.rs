//! expand-property (RFC 3253, 3.8): properties, with those of the resources that they name.

use std::pin::Pin;

use axum::body::Body;
use axum::http::{Response, StatusCode, header};

use super::ask::MOST;
use super::multistatus::propstat;
use super::node::Node;
use super::property::{Ground, live};
use crate::failure::{Failure, Outcome, XML_TYPE};
use crate::request::Request;
use crate::xml::{DAV, Element, Name, Xml, is_name, is_namespace};

pub(crate) async fn run(request: &Request, body: &Element) -> Outcome {
    if count(body) > MOST {
        return Err(Failure::bad_request());
    }
    let node = Node::find(request).await?;
    let mut xml = Xml::document("D:multistatus");
    xml.raw(&response(request, node, body).await?)
        .close("D:multistatus");
    let mut response = Response::new(Body::from(xml.into_string()));
    *response.status_mut() = StatusCode::MULTI_STATUS;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, XML_TYPE);
    Ok(response)
}

/// How many properties are asked for, one inside another.
fn count(asked: &Element) -> usize {
    let inside = asked.all(DAV, "property");
    inside.map(|property| 1 + count(property)).sum()
}

/// The `response` element of a node, with the properties that an element asks for. It is as deep as the
/// request is nested, which is bounded.
fn response<'a>(
    request: &'a Request,
    node: Node,
    asked: &'a Element,
) -> Pin<Box<dyn Future<Output = Outcome<String>> + Send + 'a>> {
    Box::pin(async move {
        let (mut found, mut missing) = (Xml::default(), Xml::default());
        for property in asked.all(DAV, "property") {
            let name = name(property)?;
            match value(request, &node, &name, property).await? {
                Some(element) => found.raw(&element),
                None => missing.named(&name, ""),
            };
        }
        let mut xml = Xml::default();
        xml.open("D:response")
            .element("D:href", &node.resource().href(&request.account));
        let (found, missing) = (found.into_string(), missing.into_string());
        if !found.is_empty() || missing.is_empty() {
            propstat(&mut xml, &found, "200 OK");
        }
        if !missing.is_empty() {
            propstat(&mut xml, &missing, "404 Not Found");
        }
        xml.close("D:response");
        Ok(xml.into_string())
    })
}

fn name(property: &Element) -> Outcome<Name> {
    let local = property
        .attribute("name")
        .filter(|local| is_name(local))
        .ok_or_else(Failure::bad_request)?;
    let namespace = property.attribute("namespace").unwrap_or(DAV);
    if !is_namespace(namespace) {
        return Err(Failure::bad_request());
    }
    Ok(Name::new(namespace, local))
}

/// The whole element of a property. What a client set is given as it is: it could name very much.
async fn value(
    request: &Request,
    node: &Node,
    name: &Name,
    asked: &Element,
) -> Outcome<Option<String>> {
    let mut dead = node.dead().iter();
    if let Some(set) = dead.find(|one| name.is(&one.namespace, &one.name)) {
        return Ok(Some(set.value.clone()));
    }
    let Some(mut value) = live(node, name, &Ground::of(request)) else {
        return Ok(None);
    };
    if asked.child(DAV, "property").is_some() {
        value = expanded(request, &value, asked).await?;
    }
    let mut xml = Xml::default();
    xml.named(name, &value);
    Ok(Some(xml.into_string()))
}

/// A value with responses in place of the hrefs that name resources of the account.
async fn expanded(request: &Request, value: &str, asked: &Element) -> Outcome<String> {
    let mut pieces = value.split("<D:href>");
    let mut xml = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (href, rest) = piece.split_once("</D:href>").unwrap_or((piece, ""));
        let node = match request.named(href) {
            Ok(resource) => Node::of(request, resource).await.ok(),
            Err(_) => None,
        };
        match node {
            Some(node) => xml.push_str(&response(request, node, asked).await?),
            None => xml.push_str(&format!("<D:href>{href}</D:href>")),
        }
        xml.push_str(rest);
    }
    Ok(xml)
}
