//! calendar-query (RFC 4791, 7.8).

use std::sync::Arc;

use jiff::tz::TimeZone;
use store::{Collection, Detail, Member, Selection};

use super::calendar_data::Wish;
use super::filter::CompFilter;
use super::occurrence::Occurrences;
use super::time_zone;
use crate::failure::{Failure, Outcome};
use crate::request::{Depth, Prefer, Request};
use crate::webdav::ask::Ask;
use crate::webdav::multistatus::{Broken, Multistatus, Rendering};
use crate::webdav::node::{Node, dead_of_members};
use crate::webdav::property::Ground;
use crate::xml::{CALDAV, Element};

/// Members that are read at a time.
const PAGE: usize = 100;

pub(crate) async fn run(request: Request, calendar: Collection, body: &Element) -> Outcome {
    let ask = Ask::of(body);
    let zone = time_zone::of_query(body, &calendar)?;
    let wish = Wish::in_zone(&ask, zone.clone())?;
    let filter = body
        .child(CALDAV, "filter")
        .ok_or_else(|| Failure::refused("C:valid-filter"))?;
    let filter = CompFilter::read(filter)?;
    // Depth 0 is the calendar alone, in which no object is.
    let names = match request.depth(Depth::Zero)? {
        _ if filter.indexed().is_none() => None,
        _ => Some(candidates(&request, &calendar, &filter).await?),
    };
    let response = Multistatus::respond(|mut out| async move {
        let rendering = Rendering {
            ask: &ask,
            ground: Ground {
                account: &request.account,
                limits: &request.dav.limits,
                quota: None,
            },
            is_minimal: request.prefer() == Prefer::Minimal,
            data: &wish,
        };
        let calendar = Arc::new(calendar);
        let matching = Matching {
            request: &request,
            rendering: &rendering,
            calendar: &calendar,
            filter: &filter,
            zone: &zone,
        };
        match names {
            Some(names) => matching.named(&mut out, names).await?,
            None => matching.all(&mut out).await?,
        }
        out.end().await
    });
    Ok(response)
}

/// The names of the objects that the index says may be in the window.
async fn candidates(
    request: &Request,
    calendar: &Collection,
    filter: &CompFilter,
) -> Outcome<Vec<String>> {
    let window = filter.indexed().cloned();
    let window = window.map(|window| (window.start.as_millisecond(), window.end.as_millisecond()));
    let (from, to) = window.unwrap_or((i64::MIN, i64::MAX));
    let selection = Selection::Window(from, to);
    let found = request.members(calendar, selection, Detail::Etag).await?;
    Ok(found.into_iter().map(|member| member.name).collect())
}

/// A query that is being answered.
struct Matching<'a> {
    request: &'a Request,
    rendering: &'a Rendering<'a>,
    calendar: &'a Arc<Collection>,
    filter: &'a CompFilter,
    zone: &'a TimeZone,
}

impl Matching<'_> {
    async fn named(&self, out: &mut Multistatus, names: Vec<String>) -> Result<(), Broken> {
        for page in names.chunks(PAGE) {
            let found = self.read(Selection::Names(page.to_vec())).await?;
            self.answer(out, found).await?;
        }
        Ok(())
    }

    async fn all(&self, out: &mut Multistatus) -> Result<(), Broken> {
        let mut after = String::new();
        loop {
            let found = self.read(Selection::After(after, PAGE as u32)).await?;
            let Some(last) = found.last() else {
                return Ok(());
            };
            after = last.name.clone();
            self.answer(out, found).await?;
        }
    }

    async fn read(&self, selection: Selection) -> store::Result<Vec<Member>> {
        let detail = self.rendering.ask.detail(true);
        self.request.members(self.calendar, selection, detail).await
    }

    async fn answer(&self, out: &mut Multistatus, found: Vec<Member>) -> Result<(), Broken> {
        let (store, account) = (self.request.store(), self.request.account.id);
        let mut dead = dead_of_members(store, account, self.calendar, &found).await?;
        for member in found {
            let object = Occurrences::read(&member.text, self.zone);
            if object.is_some_and(|object| self.filter.matches(&object)) {
                let properties = dead.remove(&member.name).unwrap_or_default();
                let node = Node::Member(Arc::clone(self.calendar), member, properties);
                out.add(&self.rendering.response(&node)).await?;
            }
        }
        Ok(())
    }
}
