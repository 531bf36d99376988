//! addressbook-query (RFC 6352, 8.6).

use std::sync::Arc;

use store::{Member, Selection};

use super::address_data;
use super::filter::Filter;
use crate::budget::aside;
use crate::caldav::calendar_data::Wish;
use crate::failure::{Failure, Outcome};
use crate::request::Request;
use crate::webdav::ask::Ask;
use crate::webdav::members::{Members, Told};
use crate::webdav::multistatus::{Broken, Multistatus, Rendering};
use crate::webdav::report::Scope;
use crate::xml::{CARDDAV, Element};

/// Cards that are read at a time.
const PAGE: u32 = 100;

pub(crate) async fn run(request: Request, scope: Scope, body: &Element) -> Outcome {
    let ask = Ask::of(body)?;
    address_data::check(&ask)?;
    let filter = body
        .child(CARDDAV, "filter")
        .ok_or_else(Failure::bad_request)?;
    let filter = Filter::read(filter)?;
    let limit = limit(body)?;
    let wish = Wish::of(&ask, &scope.collection, &request.dav.limits)?;
    let book = Arc::new(scope.collection);
    let response = Multistatus::respond(|mut out| async move {
        let rendering = Rendering::of(&request, &ask, &wish);
        let members = Members {
            request: &request,
            rendering: &rendering,
            of: &book,
        };
        let query = Query {
            members: &members,
            filter: &filter,
            alone: scope.member,
        };
        if query.answer(&mut out, limit).await? == Told::Some {
            members.tell_that_there_is_more(&mut out).await?;
        }
        out.end().await
    });
    Ok(response)
}

/// How many cards the client wants at most.
fn limit(body: &Element) -> Outcome<usize> {
    let limit = body
        .child(CARDDAV, "limit")
        .and_then(|limit| limit.child(CARDDAV, "nresults"));
    match limit.map(|limit| limit.text().trim().parse::<usize>()) {
        None => Ok(usize::MAX),
        Some(Ok(limit)) if limit > 0 => Ok(limit),
        Some(_) => Err(Failure::bad_request()),
    }
}

/// What is looked for, and where.
struct Query<'a> {
    members: &'a Members<'a>,
    filter: &'a Filter,
    /// The card that is asked alone.
    alone: Option<String>,
}

impl Query<'_> {
    /// Tells at most so many cards that match.
    async fn answer(&self, out: &mut Multistatus, mut left: usize) -> Result<Told, Broken> {
        let detail = self.members.rendering.ask.detail(true);
        if let Some(name) = &self.alone {
            let card = Selection::Names(vec![name.clone()]);
            let card = self.members.read(card, detail).await?;
            return self.tell(out, card, &mut left).await;
        }
        let mut pages = self.members.pages(PAGE, detail);
        while let Some(page) = pages.next().await? {
            if self.tell(out, page, &mut left).await? == Told::Some {
                return Ok(Told::Some);
            }
        }
        Ok(Told::All)
    }

    async fn tell(
        &self,
        out: &mut Multistatus,
        mut page: Vec<Member>,
        left: &mut usize,
    ) -> Result<Told, Broken> {
        let budget = &self.members.rendering.data.budget;
        aside(|| page.retain(|card| self.matches(card)));
        let is_cut = page.len() > *left || budget.is_used_up();
        page.truncate(*left);
        *left -= page.len();
        self.members.tell(out, page).await?;
        Ok(match is_cut {
            true => Told::Some,
            false => Told::All,
        })
    }

    fn matches(&self, card: &Member) -> bool {
        let budget = &self.members.rendering.data.budget;
        budget.take_reading(card.text.len());
        budget.take_filtering(card.text.len(), self.filter.size());
        !budget.is_used_up() && self.filter.matches(&card.text)
    }
}
