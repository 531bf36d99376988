//! calendar-multiget and addressbook-multiget (RFC 4791, 7.9; RFC 6352, 8.7).

use std::sync::Arc;

use super::ask::Ask;
use super::members::Members;
use super::multistatus::{Broken, Multistatus, Rendering, told};
use super::report::Scope;
use crate::caldav::calendar_data::Wish;
use crate::carddav::address_data;
use crate::failure::{Failure, Outcome};
use crate::request::Request;
use crate::resource::Resource;
use crate::xml::{DAV, Element};

/// Members that are read at a time.
const PAGE: usize = 100;

pub(crate) async fn run(request: Request, scope: Scope, body: &Element) -> Outcome {
    let ask = Ask::of(body)?;
    address_data::check(&ask)?;
    let wish = Wish::of(&ask, &scope.collection, &request.dav.limits)?;
    let hrefs: Vec<String> = body.all(DAV, "href").map(Element::text).collect();
    if hrefs.len() > request.dav.limits.hrefs {
        return Err(Failure::refused("D:number-of-matches-within-limits"));
    }
    let (collection, alone) = (Arc::new(scope.collection), scope.member);
    let response = Multistatus::respond(|mut out| async move {
        let rendering = Rendering::of(&request, &ask, &wish);
        let members = Members {
            request: &request,
            rendering: &rendering,
            of: &collection,
        };
        for hrefs in hrefs.chunks(PAGE) {
            page(&members, &mut out, (hrefs, alone.as_deref())).await?;
        }
        out.end().await
    });
    Ok(response)
}

/// Tells the members of some hrefs; where the report is about one member, of that one alone.
async fn page(
    members: &Members<'_>,
    out: &mut Multistatus,
    (hrefs, alone): (&[String], Option<&str>),
) -> Result<(), Broken> {
    let (request, of) = (members.request, members.of);
    let mut names = Vec::with_capacity(hrefs.len());
    for href in hrefs {
        match request.named(href) {
            Ok(Resource::Member(kind, segment, name))
                if kind == of.kind
                    && segment == of.segment
                    && alone.is_none_or(|alone| alone == name) =>
            {
                names.push(name);
            }
            other => {
                out.status(&told(href, other, &request.account), "404 Not Found")
                    .await?
            }
        }
    }
    members.tell_named(out, names).await
}
