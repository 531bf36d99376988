//! calendar-query (RFC 4791, 7.8).

use std::sync::Arc;

use jiff::tz::TimeZone;
use store::{Collection, Detail, Member, Selection};

use super::calendar_data::Wish;
use super::filter::CompFilter;
use super::occurrence::Occurrences;
use super::time_zone;
use crate::budget::aside;
use crate::failure::{Failure, Outcome};
use crate::request::Request;
use crate::webdav::ask::Ask;
use crate::webdav::members::{Members, Told};
use crate::webdav::multistatus::{Broken, Multistatus, Rendering};
use crate::webdav::report::Scope;
use crate::xml::{CALDAV, Element};

/// Members that are read at a time.
const PAGE: u32 = 100;

pub(crate) async fn run(request: Request, scope: Scope, body: &Element) -> Outcome {
    let ask = Ask::of(body)?;
    let zone = time_zone::of_query(body, &scope.collection)?;
    let wish = Wish::in_zone(&ask, zone.clone(), &request.dav.limits)?;
    let filter = body
        .child(CALDAV, "filter")
        .ok_or_else(|| Failure::refused("C:valid-filter"))?;
    let filter = CompFilter::read(filter)?;
    let names = match scope.member {
        Some(name) => Some(vec![name]),
        None => candidates(&request, &scope.collection, &filter).await?,
    };
    let calendar = Arc::new(scope.collection);
    let response = Multistatus::respond(|mut out| async move {
        let rendering = Rendering::of(&request, &ask, &wish);
        let members = Members {
            request: &request,
            rendering: &rendering,
            of: &calendar,
        };
        let query = Query {
            members: &members,
            filter: &filter,
            zone: &zone,
        };
        if query.answer(&mut out, names).await? == Told::Some {
            members.tell_that_there_is_more(&mut out).await?;
        }
        out.end().await
    });
    Ok(response)
}

/// The names of the objects that the index says may be in the window, if the filter has one.
async fn candidates(
    request: &Request,
    calendar: &Collection,
    filter: &CompFilter,
) -> Outcome<Option<Vec<String>>> {
    let Some(window) = filter.indexed() else {
        return Ok(None);
    };
    let (from, to) = (window.start.as_millisecond(), window.end.as_millisecond());
    let selection = Selection::Window(from, to);
    let found = request.members(calendar, selection, Detail::Etag).await?;
    Ok(Some(found.into_iter().map(|member| member.name).collect()))
}

/// What is looked for, and where.
struct Query<'a> {
    members: &'a Members<'a>,
    filter: &'a CompFilter,
    zone: &'a TimeZone,
}

impl Query<'_> {
    /// Tells what matches, of these names or of all.
    async fn answer(
        &self,
        out: &mut Multistatus,
        names: Option<Vec<String>>,
    ) -> Result<Told, Broken> {
        let detail = self.members.rendering.ask.detail(true);
        let Some(names) = names else {
            let mut pages = self.members.pages(PAGE, detail);
            while let Some(found) = pages.next().await? {
                if self.tell(out, found).await? == Told::Some {
                    return Ok(Told::Some);
                }
            }
            return Ok(Told::All);
        };
        for page in names.chunks(PAGE as usize) {
            let page = Selection::Names(page.to_vec());
            let found = self.members.read(page, detail).await?;
            if self.tell(out, found).await? == Told::Some {
                return Ok(Told::Some);
            }
        }
        Ok(Told::All)
    }

    /// Tells those of some members that match, as far as the budget goes.
    async fn tell(&self, out: &mut Multistatus, found: Vec<Member>) -> Result<Told, Broken> {
        let budget = &self.members.rendering.data.budget;
        let found = aside(|| {
            let matching = found.into_iter().filter(|member| self.matches(member));
            matching.collect()
        });
        self.members.tell(out, found).await?;
        Ok(match budget.is_used_up() {
            true => Told::Some,
            false => Told::All,
        })
    }

    fn matches(&self, member: &Member) -> bool {
        let budget = &self.members.rendering.data.budget;
        if budget.is_used_up() {
            return false;
        }
        budget.take_filtering(member.text.len(), self.filter.size());
        let object = Occurrences::read(&member.text, self.zone, budget);
        let matches = object.is_some_and(|object| self.filter.matches(&object));
        matches && !budget.is_used_up()
    }
}
