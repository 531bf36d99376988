//! 207 Multi-Status, written while it is made (RFC 4918, 13).

use std::borrow::Cow;

use axum::body::{Body, Bytes};
use axum::http::{Response, StatusCode, header};
use store::Account;

use super::ask::Ask;
use super::node::Node;
use super::property::{COMMON, Ground, LIVE, Quota, is_only_named, live};
use crate::body::{Failed, Pieces, made};
use crate::caldav::calendar_data;
use crate::failure::{Failure, Outcome, XML_TYPE};
use crate::request::{Prefer, Request};
use crate::resource::Resource;
use crate::xml::{CALDAV, CARDDAV, DAV, Element, Name, Xml};

/// Octets that are gathered before they are sent.
const PIECE: usize = 16 << 10;

/// A multistatus body on its way.
pub(crate) struct Multistatus {
    xml: Xml,
    pieces: Pieces,
}

impl Multistatus {
    /// A response whose body `make` writes, in a task of its own.
    pub(crate) fn respond<F, Making>(make: F) -> Response<Body>
    where
        F: FnOnce(Self) -> Making,
        Making: Future<Output = Result<(), Broken>> + Send + 'static,
    {
        let (pieces, body) = made();
        let multistatus = Self {
            xml: Xml::document("D:multistatus"),
            pieces: pieces.clone(),
        };
        let making = make(multistatus);
        tokio::spawn(async move {
            if let Err(Broken::Failed) = making.await {
                // Whether the client is there to hear that does not matter.
                let _ = pieces.send(Err(Failed)).await;
            }
        });
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::MULTI_STATUS;
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, XML_TYPE);
        response
    }

    /// Adds XML between responses, or one.
    pub(crate) async fn add(&mut self, xml: &str) -> Result<(), Broken> {
        self.xml.raw(xml);
        match self.xml.len() < PIECE {
            true => Ok(()),
            false => self.flush().await,
        }
    }

    /// Adds a response that is a status alone.
    pub(crate) async fn status(&mut self, href: &str, status: &str) -> Result<(), Broken> {
        let mut xml = Xml::default();
        xml.open("D:response").element("D:href", href);
        xml.element("D:status", &format!("HTTP/1.1 {status}"))
            .close("D:response");
        self.add(&xml.into_string()).await
    }

    /// Adds a response that says that what the href names is too much to be told (RFC 4791, 7.8).
    pub(crate) async fn too_much(&mut self, href: &str) -> Result<(), Broken> {
        let mut xml = Xml::default();
        xml.open("D:response").element("D:href", href);
        xml.element("D:status", "HTTP/1.1 507 Insufficient Storage");
        xml.open("D:error")
            .raw("<D:number-of-matches-within-limits/>")
            .close("D:error");
        xml.close("D:response");
        self.add(&xml.into_string()).await
    }

    /// Ends the body.
    pub(crate) async fn end(mut self) -> Result<(), Broken> {
        self.xml.close("D:multistatus");
        self.flush().await
    }

    async fn flush(&mut self) -> Result<(), Broken> {
        let piece = Bytes::from(self.xml.take());
        self.pieces.send(Ok(piece)).await.map_err(|_| Broken::Gone)
    }
}

/// Why a body ends before it is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Broken {
    /// The client has gone.
    Gone,
    /// The rest could not be made.
    Failed,
}

impl From<store::Error> for Broken {
    fn from(error: store::Error) -> Self {
        tracing::error!(%error, "the rest of a DAV response could not be read");
        Self::Failed
    }
}

/// What a response says of each node.
pub(crate) struct Rendering<'a> {
    pub(crate) ask: &'a Ask,
    pub(crate) ground: Ground<'a>,
    /// Whether properties that a node has not are left out (RFC 8144, 2.1).
    pub(crate) is_minimal: bool,
    /// How calendar-data is to be printed.
    pub(crate) data: &'a calendar_data::Wish,
}

impl<'a> Rendering<'a> {
    pub(crate) fn of(request: &'a Request, ask: &'a Ask, data: &'a calendar_data::Wish) -> Self {
        Self {
            ask,
            ground: Ground::of(request),
            is_minimal: request.prefer() == Prefer::Minimal,
            data,
        }
    }

    /// The `response` element of a node.
    pub(crate) fn response(&self, node: &Node) -> String {
        let mut xml = Xml::default();
        let resource = node.resource();
        xml.open("D:response")
            .element("D:href", &resource.href(self.ground.account));
        self.propstats(&mut xml, node);
        xml.close("D:response");
        xml.into_string()
    }

    fn propstats(&self, xml: &mut Xml, node: &Node) {
        match self.ask {
            Ask::Names => {
                let mut names = Xml::default();
                for name in present(node, &self.ground) {
                    names.named(&name, "");
                }
                propstat(xml, &names.into_string(), "200 OK");
            }
            Ask::All(more) => {
                let mut found = Xml::default();
                for (namespace, local) in LIVE.iter().take(COMMON) {
                    let name = Name::new(namespace, local);
                    if let Some(value) = live(node, &name, &self.ground) {
                        found.named(&name, &value);
                    }
                }
                for property in node.dead().iter().filter(|one| !is_only_named(one)) {
                    found.raw(&property.value);
                }
                let missing = self.these(&mut found, node, more);
                self.both(xml, &found.into_string(), &missing);
            }
            Ask::These(asked) => {
                let mut found = Xml::default();
                let missing = self.these(&mut found, node, asked);
                self.both(xml, &found.into_string(), &missing);
            }
        }
    }

    fn both(&self, xml: &mut Xml, found: &str, missing: &str) {
        if !found.is_empty() || missing.is_empty() || self.is_minimal {
            propstat(xml, found, "200 OK");
        }
        if !missing.is_empty() && !self.is_minimal {
            propstat(xml, missing, "404 Not Found");
        }
    }

    /// Writes the properties that the node has, and gives the names of the others.
    fn these(&self, found: &mut Xml, node: &Node, asked: &[Element]) -> String {
        let mut missing = Xml::default();
        for one in asked {
            if !self.property(found, node, one) {
                missing.named(&one.name, "");
            }
        }
        missing.into_string()
    }

    /// Writes the whole element of a property, if the node has it.
    fn property(&self, xml: &mut Xml, node: &Node, asked: &Element) -> bool {
        let name = &asked.name;
        let mut dead = node.dead().iter();
        let set = dead.find(|one| name.is(&one.namespace, &one.name));
        if let Some(set) = set {
            xml.raw(&set.value);
        } else if let Some(text) = self.text(node, asked) {
            xml.named_text(name, &text);
        } else if let Some(value) = live(node, name, &self.ground) {
            xml.named(name, &value);
        } else {
            return false;
        }
        true
    }

    /// The text of a member as it is wanted, if that is asked for.
    fn text<'t>(&self, node: &'t Node, asked: &Element) -> Option<Cow<'t, str>> {
        let Node::Member(_, member, _) = node else {
            return None;
        };
        if member.text.is_empty() {
            return None;
        }
        if asked.is(CALDAV, "calendar-data") {
            return Some(calendar::readable(&member.text));
        }
        let is_card = asked.is(CARDDAV, "address-data");
        is_card.then(|| crate::carddav::address_data::print(asked, &member.text))
    }
}

/// The names of all properties that a node has.
fn present(node: &Node, ground: &Ground<'_>) -> Vec<Name> {
    let dead = node
        .dead()
        .iter()
        .map(|one| Name::new(&one.namespace, &one.name));
    let live = LIVE
        .iter()
        .map(|(namespace, local)| Name::new(namespace, local));
    let live = live.filter(|name| live_is_there(node, name, ground));
    live.chain(dead).collect()
}

/// What the account uses is not looked up for that.
fn live_is_there(node: &Node, name: &Name, ground: &Ground<'_>) -> bool {
    let is_quota = name.is(DAV, "quota-used-bytes") || name.is(DAV, "quota-available-bytes");
    match is_quota {
        true => !matches!(node, Node::Member(..)),
        false => live(node, name, ground).is_some(),
    }
}

/// Writes a `propstat`.
pub(crate) fn propstat(xml: &mut Xml, properties: &str, status: &str) {
    xml.open("D:propstat")
        .open("D:prop")
        .raw(properties)
        .close("D:prop");
    xml.element("D:status", &format!("HTTP/1.1 {status}"))
        .close("D:propstat");
}

/// What the account uses, if a request asks for it.
pub(crate) async fn quota(
    store: &dyn store::Collections,
    account: &Account,
    ask: &Ask,
) -> Outcome<Option<Quota>> {
    let is_asked = |name| ask.wants(crate::xml::DAV, name);
    if !is_asked("quota-used-bytes") && !is_asked("quota-available-bytes") {
        return Ok(None);
    }
    Ok(Some(Quota {
        used: store.used_octets(account.id).await?,
        available: store.free_octets().await?,
    }))
}

/// An href that names nothing of the account is told as it came.
pub(crate) fn told(href: &str, named: Outcome<Resource>, account: &Account) -> String {
    match named {
        Ok(resource) => resource.href(account),
        Err(Failure { .. }) => href.trim().to_owned(),
    }
}
