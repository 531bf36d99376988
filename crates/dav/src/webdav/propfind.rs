//! PROPFIND (RFC 4918, 9.1).

use std::sync::Arc;

use store::{Collection, CollectionKind, Selection};

use super::ask::Ask;
use super::multistatus::{Broken, Multistatus, Rendering, quota};
use super::node::{Node, dead_of_members};
use super::property::Ground;
use crate::caldav::calendar_data::Wish;
use crate::failure::{Failure, Outcome};
use crate::request::{Depth, Prefer, Request};
use crate::resource::Resource;
use crate::scheduling::role::{self, ROLES};

/// Members that are read at a time.
const PAGE: u32 = 500;

pub(crate) async fn run(mut request: Request) -> Outcome {
    let body = request.xml().await?;
    let ask = Ask::of_propfind(body.as_ref())?;
    let is_member = matches!(request.resource, Resource::Member(..));
    let depth = request.depth(Depth::Infinity)?;
    if depth == Depth::Infinity && !is_member {
        return Err(Failure::refused("D:propfind-finite-depth"));
    }
    let node = Node::find(&request).await?;
    let quota = quota(request.store(), &request.account, &ask).await?;
    let response = Multistatus::respond(|out| async move {
        let rendering = Rendering {
            ask: &ask,
            ground: Ground {
                account: &request.account,
                limits: &request.dav.limits,
                quota,
            },
            is_minimal: request.prefer() == Prefer::Minimal,
            data: &Wish::default(),
        };
        write(&request, out, &rendering, node, depth).await
    });
    Ok(response)
}

async fn write(
    request: &Request,
    mut out: Multistatus,
    rendering: &Rendering<'_>,
    node: Node,
    depth: Depth,
) -> Result<(), Broken> {
    out.add(&rendering.response(&node)).await?;
    if depth != Depth::Zero {
        match node {
            Node::Collection(collection) => {
                members(request, &mut out, rendering, &collection).await?;
            }
            other => {
                for child in children(request, &other).await? {
                    out.add(&rendering.response(&child)).await?;
                }
            }
        }
    }
    out.end().await
}

/// What is directly in a node that is no collection of members.
async fn children(request: &Request, node: &Node) -> Result<Vec<Node>, Broken> {
    Ok(match node {
        Node::Root => vec![
            Node::Principals,
            Node::Homes(CollectionKind::Calendar),
            Node::Homes(CollectionKind::AddressBook),
        ],
        Node::Principals => vec![Node::Principal],
        Node::Homes(kind) => vec![Node::Home(*kind)],
        Node::Home(kind) => {
            let all = request
                .store()
                .collections(request.account.id, *kind)
                .await?;
            let mut all: Vec<_> = all
                .into_iter()
                .map(|one| Node::Collection(Arc::new(one)))
                .collect();
            for role in ROLES
                .into_iter()
                .filter(|_| *kind == CollectionKind::Calendar)
            {
                let one = role::collection(request, role).await;
                all.push(Node::Collection(Arc::new(one.map_err(|_| Broken::Failed)?)));
            }
            all
        }
        Node::Principal | Node::Collection(_) | Node::Member(..) => Vec::new(),
    })
}

async fn members(
    request: &Request,
    out: &mut Multistatus,
    rendering: &Rendering<'_>,
    collection: &Arc<Collection>,
) -> Result<(), Broken> {
    let (store, account) = (request.store(), request.account.id);
    let detail = rendering.ask.detail(false);
    let mut after = String::new();
    loop {
        let page = Selection::After(after, PAGE);
        let found = request.members(collection, page, detail).await?;
        let Some(last) = found.last() else {
            return Ok(());
        };
        after = last.name.clone();
        let mut dead = dead_of_members(store, account, collection, &found).await?;
        for member in found {
            let properties = dead.remove(&member.name).unwrap_or_default();
            let node = Node::Member(Arc::clone(collection), member, properties);
            out.add(&rendering.response(&node)).await?;
        }
    }
}
