//! The properties of access control that clients read (RFC 3744 and RFC 5397): who may do what, which nobody
//! changes here.

use store::CollectionKind;

use super::node::Node;
use super::property::{Ground, href};
use crate::resource::Resource;
use crate::scheduling::role::Role;

/// The value of one of them as XML; `None`: the node has it not.
pub(super) fn value(node: &Node, local: &str, ground: &Ground<'_>) -> Option<String> {
    let principal = || href(&Resource::Principal, ground.account);
    Some(match (local, node) {
        ("current-user-principal", _) => principal(),
        ("owner", _) if is_own(node) => principal(),
        ("owner" | "group" | "inherited-acl-set", _) => String::new(),
        ("acl-restrictions", _) => "<D:grant-only/><D:no-invert/>".to_owned(),
        ("principal-URL", Node::Principal(_)) => principal(),
        ("principal-collection-set", _) => href(&Resource::Principals, ground.account),
        ("alternate-URI-set" | "group-membership", Node::Principal(_)) => String::new(),
        ("current-user-privilege-set", _) => privileges(node)
            .iter()
            .map(|one| format!("<D:privilege><{one}/></D:privilege>"))
            .collect(),
        ("acl", _) if is_own(node) => entry(&principal(), "D:all"),
        ("acl", _) => entry("<D:authenticated/>", "D:read"),
        ("supported-privilege-set", _) => supported_privileges(node),
        _ => return None,
    })
}

/// Whether the node is the account's alone.
fn is_own(node: &Node) -> bool {
    !matches!(node, Node::Root | Node::Principals | Node::Homes(_))
}

/// The one entry of an access control list (RFC 3744, 5.5), which nobody changes.
fn entry(principal: &str, privilege: &str) -> String {
    format!(
        "<D:ace><D:principal>{principal}</D:principal><D:grant><D:privilege><{privilege}/>\
         </D:privilege></D:grant><D:protected/></D:ace>"
    )
}

/// The privileges that there are, each with those that it contains (RFC 3744, 5.3; RFC 4791, 6.1.1; RFC
/// 6638, 6.3).
fn supported_privileges(node: &Node) -> String {
    let is_calendar = matches!(node, Node::Collection(one) if one.kind == CollectionKind::Calendar);
    let mut parts: Vec<(&str, &str, &[&str])> = vec![
        match is_calendar && node.role().is_none() {
            true => ("D:read", "Read", &["C:read-free-busy"]),
            false => ("D:read", "Read", &[]),
        },
        ("D:write", "Write", &WRITE),
        ("D:read-acl", "Read who may do what", &[]),
        (PRIVILEGES, "Read what the reader may do", &[]),
    ];
    let scheduling = match node.role() {
        None => &[],
        Some(Role::Inbox) => DELIVER,
        Some(Role::Outbox) => SEND,
    };
    if let Some((around, inside)) = scheduling.split_first() {
        parts.push((around, "Schedule", inside));
    }
    let parts = parts.into_iter().map(|(tag, description, inside)| {
        let inside = inside.iter().map(|tag| privilege(tag, description, ""));
        privilege(tag, description, &inside.collect::<String>())
    });
    privilege("D:all", "Everything", &parts.collect::<String>())
}

fn privilege(tag: &str, description: &str, inside: &str) -> String {
    format!(
        "<D:supported-privilege><D:privilege><{tag}/></D:privilege>\
         <D:description xml:lang=\"en\">{description}</D:description>{inside}\
         </D:supported-privilege>"
    )
}

/// What DAV:write contains (RFC 3744, 3.12).
const WRITE: [&str; 4] = [
    "D:write-properties",
    "D:write-content",
    "D:bind",
    "D:unbind",
];

/// schedule-deliver and what it contains (RFC 6638, 6.1).
const DELIVER: &[&str] = &[
    "C:schedule-deliver",
    "C:schedule-deliver-invite",
    "C:schedule-deliver-reply",
    "C:schedule-query-freebusy",
];

/// schedule-send and what it contains (RFC 6638, 6.2).
const SEND: &[&str] = &[
    "C:schedule-send",
    "C:schedule-send-invite",
    "C:schedule-send-reply",
    "C:schedule-send-freebusy",
];

const PRIVILEGES: &str = "D:read-current-user-privilege-set";
const INBOX: &[&str] = &["D:read", "D:write-properties", "D:unbind", PRIVILEGES];
const OUTBOX: &[&str] = &["D:read", PRIVILEGES];

fn privileges(node: &Node) -> Vec<&'static str> {
    match node.role() {
        Some(Role::Inbox) => return [INBOX, DELIVER].concat(),
        Some(Role::Outbox) => return [OUTBOX, SEND].concat(),
        None => {}
    }
    let privileges: &[&str] = match node {
        Node::Member(of, ..) if Role::of(of).is_some() => &["D:read", PRIVILEGES],
        Node::Collection(one) if one.kind == CollectionKind::Calendar => {
            return [WRITABLE, &["C:read-free-busy"]].concat();
        }
        Node::Collection(_) | Node::Member(..) => WRITABLE,
        Node::Home(..) => &[
            "D:read",
            "D:write-properties",
            "D:bind",
            "D:unbind",
            "D:read-acl",
            PRIVILEGES,
        ],
        Node::Principal(_) => &["D:read", "D:write-properties", "D:read-acl", PRIVILEGES],
        _ => &["D:read", "D:read-acl", PRIVILEGES],
    };
    privileges.to_vec()
}

/// Those of a collection and of what is in it.
const WRITABLE: &[&str] = &[
    "D:all",
    "D:read",
    "D:write",
    "D:write-properties",
    "D:write-content",
    "D:bind",
    "D:unbind",
    "D:read-acl",
    PRIVILEGES,
];
