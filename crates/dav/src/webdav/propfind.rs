//! PROPFIND (RFC 4918, 9.1).

use std::sync::Arc;

use store::CollectionKind;

use super::ask::Ask;
use super::members::Members;
use super::multistatus::{Broken, Multistatus, Rendering, quota};
use super::node::{Node, Place, dead_of_place};
use crate::caldav::calendar_data::Wish;
use crate::failure::{Failure, Outcome};
use crate::request::{Depth, Request};
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
        let whole = Wish::default();
        let mut rendering = Rendering::of(&request, &ask, &whole);
        rendering.ground.quota = quota;
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
    if depth != Depth::One || !request.wants_no_root() {
        out.add(&rendering.response(&node)).await?;
    }
    match node {
        _ if depth == Depth::Zero => {}
        Node::Collection(of) => {
            let of = &of;
            let members = Members {
                request,
                rendering,
                of,
            };
            let mut pages = members.pages(PAGE, rendering.ask.detail(false));
            while let Some(page) = pages.next().await? {
                members.tell(&mut out, page).await?;
            }
        }
        other => {
            for child in children(request, &other).await? {
                out.add(&rendering.response(&child)).await?;
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
        Node::Principals => {
            vec![Node::Principal(
                dead_of_place(request, Place::Principal).await?,
            )]
        }
        Node::Homes(kind) => {
            let dead = dead_of_place(request, Place::of(*kind)).await?;
            vec![Node::Home(*kind, dead)]
        }
        Node::Home(kind, _) => {
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
        Node::Principal(_) | Node::Collection(_) | Node::Member(..) => Vec::new(),
    })
}
