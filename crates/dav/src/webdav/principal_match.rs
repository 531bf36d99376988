//! principal-match and acl-principal-prop-set (RFC 3744, 9.2 and 9.3): an account finds itself alone.

use super::node::Node;
use super::principal_search::found;
use crate::failure::{Failure, Outcome};
use crate::request::Request;
use crate::resource::Resource;
use crate::xml::{DAV, Element};

/// The principals below a resource that are the account: with `self`. What names the account by one of
/// its properties is not looked for.
pub(crate) async fn run(request: &Request, body: &Element) -> Outcome {
    let is_self = body.child(DAV, "self").is_some();
    if !is_self && body.child(DAV, "principal-property").is_none() {
        return Err(Failure::bad_request());
    }
    Node::find(request).await?;
    let is_below = matches!(
        request.resource,
        Resource::Root | Resource::Principals | Resource::Principal
    );
    found(request, body, is_self && is_below).await
}

/// The principals that the access control list of a resource names.
pub(crate) async fn of_acl(request: &Request, body: &Element) -> Outcome {
    let node = Node::find(request).await?;
    let is_named = !matches!(node, Node::Root | Node::Principals | Node::Homes(_));
    found(request, body, is_named).await
}
