//! What somebody may not do who may not do it (RFC 3744, 7.1.1).

use axum::http::Method;

use crate::xml::Xml;

/// The privilege that a method needs and that nobody has where it is refused.
pub(crate) fn needed(method: &Method) -> Option<&'static str> {
    Some(match method.as_str() {
        "ACL" => "D:write-acl",
        "DELETE" => "D:unbind",
        _ => return None,
    })
}

/// The precondition that says so of a resource.
pub(crate) fn need(privilege: &str, href: &str) -> String {
    let mut xml = Xml::default();
    xml.open("D:need-privileges")
        .open("D:resource")
        .element("D:href", href);
    xml.raw(&format!("<D:privilege><{privilege}/></D:privilege>"))
        .close("D:resource")
        .close("D:need-privileges");
    xml.into_string()
}
