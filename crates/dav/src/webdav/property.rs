//! Live properties: those that the server knows or makes (RFC 4918, 15, and the RFCs named below).

use store::{Account, Collection, CollectionKind, Property};

use super::node::Node;
use super::{access, date, etag};
use crate::Limits;
use crate::caldav::{availability, bounds, component_set};
use crate::request::Request;
use crate::resource::Resource;
use crate::scheduling::role::{DEFAULT_CALENDAR, Role};
use crate::xml::{CALDAV, CALENDARSERVER, CARDDAV, DAV, Name, Xml};

/// What the values are made of beside the node.
pub(crate) struct Ground<'a> {
    pub(crate) account: &'a Account,
    pub(crate) limits: &'a Limits,
    /// What the account uses, if that was asked for.
    pub(crate) quota: Option<Quota>,
}

impl<'a> Ground<'a> {
    /// That of a request which does not ask for what the account uses.
    pub(crate) fn of(request: &'a Request) -> Self {
        Self {
            account: &request.account,
            limits: &request.dav.limits,
            quota: None,
        }
    }
}

/// What an account uses, and what there is left (RFC 4331): the room on the volume, for nothing else
/// ends what an account may store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quota {
    pub(crate) used: u64,
    pub(crate) available: Option<u64>,
}

/// All live properties, those that `allprop` gives first.
pub(crate) const LIVE: &[(&str, &str)] = &[
    (DAV, "resourcetype"),
    (DAV, "displayname"),
    (DAV, "getetag"),
    (DAV, "getcontenttype"),
    (DAV, "getcontentlength"),
    (DAV, "getlastmodified"),
    (DAV, "supportedlock"),
    (DAV, "current-user-principal"),
    (DAV, "current-user-privilege-set"),
    (DAV, "owner"),
    (DAV, "group"),
    (DAV, "acl"),
    (DAV, "acl-restrictions"),
    (DAV, "inherited-acl-set"),
    (DAV, "principal-URL"),
    (DAV, "principal-collection-set"),
    (DAV, "alternate-URI-set"),
    (DAV, "group-membership"),
    (DAV, "supported-privilege-set"),
    (DAV, "supported-report-set"),
    (DAV, "sync-token"),
    (DAV, "add-member"),
    (DAV, "quota-available-bytes"),
    (DAV, "quota-used-bytes"),
    (CALDAV, "calendar-home-set"),
    (CALDAV, "schedule-tag"),
    (CALDAV, "schedule-inbox-URL"),
    (CALDAV, "schedule-outbox-URL"),
    (CALDAV, "schedule-default-calendar-URL"),
    (CALDAV, "schedule-calendar-transp"),
    (CALDAV, "calendar-user-address-set"),
    (CALDAV, "calendar-user-type"),
    (CALDAV, "supported-calendar-component-set"),
    (CALDAV, "supported-calendar-data"),
    (CALDAV, "supported-collation-set"),
    (CALDAV, "max-resource-size"),
    (CALDAV, "min-date-time"),
    (CALDAV, "max-date-time"),
    (CALDAV, "max-instances"),
    (CALDAV, "max-attendees-per-instance"),
    (CARDDAV, "addressbook-home-set"),
    (CARDDAV, "supported-address-data"),
    (CARDDAV, "supported-collation-set"),
    (CARDDAV, "max-resource-size"),
    (CALENDARSERVER, "getctag"),
    (CALENDARSERVER, "email-address-set"),
];

/// How many of [`LIVE`] `allprop` gives.
pub(crate) const COMMON: usize = 7;

/// Whether clients may not set the property.
pub(crate) fn is_protected(name: &Name) -> bool {
    let is_live = LIVE
        .iter()
        .any(|(namespace, local)| name.is(namespace, local));
    let is_settable = name.is(DAV, "displayname") || name.is(CALDAV, "schedule-calendar-transp");
    (is_live
        || ABSENT
            .iter()
            .any(|(namespace, local)| name.is(namespace, local)))
        && !is_settable
}

/// What is no property, or none that is here: set by a client, it would pass for what the RFCs say of it.
const ABSENT: &[(&str, &str)] = &[
    (DAV, "creationdate"),
    (DAV, "getcontentlanguage"),
    (DAV, "lockdiscovery"),
    (DAV, "group-member-set"),
    (CALDAV, "calendar-data"),
    (CARDDAV, "address-data"),
];

/// What is not in the answer to `allprop`, though clients set it (RFC 4791, 5.2; RFC 6352, 6.2.1; RFC 6638,
/// 9; RFC 7809, 5.2; RFC 7953, 7.2.4).
const ONLY_NAMED: [(&str, &str); 7] = [
    (CALDAV, DEFAULT_CALENDAR),
    (CALDAV, "calendar-description"),
    (CALDAV, "calendar-timezone"),
    (CALDAV, "calendar-timezone-id"),
    (CALDAV, "supported-calendar-component-set"),
    (CALDAV, "schedule-calendar-transp"),
    (CARDDAV, "addressbook-description"),
];

/// Whether a property is given only to who names it, though it is set.
pub(crate) fn is_only_named(property: &Property) -> bool {
    let name = Name::new(&property.namespace, &property.name);
    let mut all = ONLY_NAMED.iter();
    all.any(|(namespace, local)| name.is(namespace, local)) || availability::is(&name)
}

/// The value of a live property as XML; `None`: the node has it not.
pub(crate) fn live(node: &Node, name: &Name, ground: &Ground<'_>) -> Option<String> {
    let local = name.local.as_str();
    match name.namespace.as_str() {
        DAV => webdav(node, local, ground).or_else(|| access::value(node, local, ground)),
        CALDAV => caldav(node, local, ground),
        CARDDAV => carddav(node, local, ground),
        CALENDARSERVER => calendarserver(node, local, ground),
        _ => None,
    }
}

fn webdav(node: &Node, local: &str, ground: &Ground<'_>) -> Option<String> {
    Some(match (local, node) {
        ("resourcetype", _) => resource_type(node).to_owned(),
        ("displayname", Node::Collection(one)) if !one.name.is_empty() => text(&one.name),
        ("displayname", Node::Principal(_)) if ground.account.name.is_empty() => {
            text(&ground.account.address)
        }
        ("displayname", Node::Principal(_)) => text(&ground.account.name),
        ("getetag", Node::Member(_, member, _)) => text(&etag::of(member.revision)),
        ("getcontenttype", Node::Member(of, ..)) => content_type(of.kind).to_owned(),
        ("getcontentlength", Node::Member(_, member, _)) => member.size.to_string(),
        ("supported-report-set", _) => reports(node),
        ("supportedlock", _) => String::new(),
        ("sync-token", Node::Collection(one)) => text(&etag::sync_token(one, one.revision)),
        ("add-member", Node::Collection(_)) if node.role().is_none() => {
            href(&node.resource(), ground.account)
        }
        ("getlastmodified", Node::Member(_, member, _)) => date::print(member.changed)?,
        ("quota-used-bytes" | "quota-available-bytes", Node::Member(..)) => return None,
        ("quota-used-bytes", _) => ground.quota?.used.to_string(),
        ("quota-available-bytes", _) => ground.quota?.available?.to_string(),
        _ => return None,
    })
}

/// RFC 4791 and RFC 6638, 2.4.
fn caldav(node: &Node, local: &str, ground: &Ground<'_>) -> Option<String> {
    let calendar = match node {
        Node::Collection(one) if one.kind == CollectionKind::Calendar => Some(one),
        _ => None,
    };
    Some(match (local, node, calendar) {
        ("calendar-home-set", Node::Principal(_), _) => {
            href(&Resource::Home(CollectionKind::Calendar), ground.account)
        }
        ("schedule-inbox-URL", Node::Principal(_), _) => {
            href(&Role::Inbox.resource(), ground.account)
        }
        ("schedule-outbox-URL", Node::Principal(_), _) => {
            href(&Role::Outbox.resource(), ground.account)
        }
        ("schedule-calendar-transp", _, Some(one))
            if node.role().is_none() && !is_set(one, local) =>
        {
            "<C:opaque/>".to_owned()
        }
        ("calendar-user-address-set", Node::Principal(_), _) => addresses(ground.account),
        ("calendar-user-type", Node::Principal(_), _) => "INDIVIDUAL".to_owned(),
        ("schedule-tag", Node::Member(of, member, _), _)
            if of.kind == CollectionKind::Calendar && Role::of(of).is_none() =>
        {
            text(&etag::schedule_tag(member.schedule_tag))
        }
        ("supported-calendar-component-set", _, Some(one)) => components(one),
        ("supported-calendar-data", _, Some(_)) => {
            "<C:calendar-data content-type=\"text/calendar\" version=\"2.0\"/>".to_owned()
        }
        ("supported-collation-set", Node::Member(of, ..), _)
            if of.kind == CollectionKind::Calendar =>
        {
            collations("C")
        }
        ("supported-collation-set", _, Some(_)) => collations("C"),
        ("max-resource-size", _, Some(_)) => ground.limits.object.to_string(),
        ("min-date-time", _, Some(_)) => bounds::FIRST.to_owned(),
        ("max-date-time", _, Some(_)) => bounds::LAST.to_owned(),
        ("max-instances", _, Some(_)) => ground.limits.instances.to_string(),
        ("max-attendees-per-instance", _, Some(_)) => match node.role() {
            Some(Role::Outbox) => ground.limits.recipients.to_string(),
            _ => ground.limits.attendees.to_string(),
        },
        _ => return None,
    })
}

fn is_set(calendar: &Collection, local: &str) -> bool {
    let mut set = calendar.properties.iter();
    set.any(|one| one.namespace == CALDAV && one.name == local)
}

fn components(calendar: &Collection) -> String {
    let names = component_set::of(calendar);
    let comps = names
        .iter()
        .map(|name| format!("<C:comp name=\"{name}\"/>"));
    comps.collect()
}

/// RFC 6352.
fn carddav(node: &Node, local: &str, ground: &Ground<'_>) -> Option<String> {
    let is_book = matches!(node, Node::Collection(one) if one.kind == CollectionKind::AddressBook);
    Some(match (local, node, is_book) {
        ("addressbook-home-set", Node::Principal(_), _) => {
            href(&Resource::Home(CollectionKind::AddressBook), ground.account)
        }
        ("supported-address-data", _, true) => {
            "<R:address-data-type content-type=\"text/vcard\" version=\"3.0\"/>\
             <R:address-data-type content-type=\"text/vcard\" version=\"4.0\"/>"
                .to_owned()
        }
        ("supported-collation-set", Node::Member(of, ..), _)
            if of.kind == CollectionKind::AddressBook =>
        {
            collations("R")
        }
        ("supported-collation-set", _, true) => collations("R"),
        ("max-resource-size", _, true) => ground.limits.object.to_string(),
        _ => return None,
    })
}

/// What Apple's clients ask of any server, as its own answers.
fn calendarserver(node: &Node, local: &str, ground: &Ground<'_>) -> Option<String> {
    Some(match (local, node) {
        ("getctag", Node::Collection(one)) => text(&etag::sync_token(one, one.revision)),
        ("email-address-set", Node::Principal(_)) => {
            let mut xml = Xml::default();
            for address in ground.account.addresses() {
                xml.element("S:email-address", address);
            }
            xml.into_string()
        }
        _ => return None,
    })
}

fn collations(prefix: &str) -> String {
    let names = crate::text_match::COLLATIONS.iter();
    let set = names
        .map(|name| format!("<{prefix}:supported-collation>{name}</{prefix}:supported-collation>"));
    set.collect()
}

/// The addresses by which an event can name the owner; the principal's URL is none, for no mail goes there.
fn addresses(account: &Account) -> String {
    let mut xml = Xml::default();
    for address in account.addresses() {
        xml.element("D:href", &format!("mailto:{address}"));
    }
    xml.into_string()
}

fn resource_type(node: &Node) -> &'static str {
    match node.role() {
        Some(Role::Inbox) => return "<D:collection/><C:schedule-inbox/>",
        Some(Role::Outbox) => return "<D:collection/><C:schedule-outbox/>",
        None => {}
    }
    match node {
        Node::Member(..) => "",
        Node::Principal(_) => "<D:collection/><D:principal/>",
        Node::Collection(one) => match one.kind {
            CollectionKind::Calendar => "<D:collection/><C:calendar/>",
            CollectionKind::AddressBook => "<D:collection/><R:addressbook/>",
        },
        _ => "<D:collection/>",
    }
}

fn reports(node: &Node) -> String {
    let names: &[&str] = match node {
        _ if node.role() == Some(Role::Outbox) => &[],
        _ if node.role() == Some(Role::Inbox) => &[
            "D:sync-collection",
            "C:calendar-query",
            "C:calendar-multiget",
        ],
        Node::Collection(one) => match one.kind {
            CollectionKind::Calendar => &[
                "D:sync-collection",
                "C:calendar-query",
                "C:calendar-multiget",
                "C:free-busy-query",
            ],
            CollectionKind::AddressBook => &[
                "D:sync-collection",
                "R:addressbook-query",
                "R:addressbook-multiget",
            ],
        },
        Node::Member(of, ..) => match of.kind {
            CollectionKind::Calendar => &["C:calendar-query", "C:calendar-multiget"],
            CollectionKind::AddressBook => &["R:addressbook-query", "R:addressbook-multiget"],
        },
        Node::Principals | Node::Principal(_) | Node::Root => &[
            "D:principal-property-search",
            "D:principal-search-property-set",
        ],
        _ => &[],
    };
    let common = [
        "D:expand-property",
        "D:acl-principal-prop-set",
        "D:principal-match",
    ];
    let set = common.iter().chain(names).map(|name| {
        format!("<D:supported-report><D:report><{name}/></D:report></D:supported-report>")
    });
    set.collect()
}

/// The media type of a member (RFC 4918, 15.5).
pub(crate) fn content_type(kind: CollectionKind) -> &'static str {
    match kind {
        CollectionKind::Calendar => "text/calendar; charset=utf-8",
        CollectionKind::AddressBook => "text/vcard; charset=utf-8",
    }
}

fn text(value: &str) -> String {
    crate::xml::escape(value).into_owned()
}

pub(super) fn href(resource: &Resource, account: &Account) -> String {
    let mut xml = Xml::default();
    xml.element("D:href", &resource.href(account));
    xml.into_string()
}
