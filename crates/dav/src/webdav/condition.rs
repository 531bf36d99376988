//! Conditional requests: by entity tag and date (RFC 9110, 13), and If (RFC 4918, 10.4).

use axum::http::StatusCode;
use pipeline::calendar_store::{Reply, Seen, Terms};
use pipeline::member::Condition;
use store::{Detail, Member, Selection, Timestamp};

use super::{date, etag};
use crate::failure::{Failure, Outcome};
use crate::request::Request;
use crate::resource::Resource;

/// The most lists of an If field: each about another resource is a question to the store.
const MOST_LISTS: usize = 100;

/// What there is at the resource of a request, as conditions see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State<'a> {
    /// Nothing.
    Missing,
    /// Something that has no entity tag: a collection.
    Untagged,
    /// Something with this entity tag.
    Tagged(&'a str),
}

impl<'a> State<'a> {
    /// That of something that is there.
    pub(crate) fn of(tag: Option<&'a str>) -> Self {
        tag.map_or(Self::Untagged, Self::Tagged)
    }

    fn tag(self) -> Option<&'a str> {
        match self {
            Self::Tagged(tag) => Some(tag),
            Self::Missing | Self::Untagged => None,
        }
    }
}

/// What must be true of a member for a request to be done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Conditions {
    matches: Option<Tags>,
    matches_none: Option<Tags>,
    /// If-Modified-Since, in seconds.
    modified_since: Option<i64>,
    /// If-Unmodified-Since, in seconds.
    unmodified_since: Option<i64>,
    lists: Option<Lists>,
    /// If-Schedule-Tag-Match (RFC 6638, 8.3).
    schedule_tag: Option<String>,
    /// Schedule-Reply: F (RFC 6638, 8.1).
    is_silent: bool,
    hold: Timestamp,
}

/// The lists of an If field: one of them must hold, whatever resource it is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Lists {
    /// Those about the resource of the request.
    own: Vec<Vec<Term>>,
    /// Whether one about another resource held when the request came.
    holds_elsewhere: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Tags {
    Any,
    These(Vec<String>),
}

/// One condition of an If list: whether it is negated, and an entity tag; a lock token never holds.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Term {
    negated: bool,
    tag: Option<String>,
}

impl Conditions {
    /// None: what the request makes has no name yet. What it sends waits as any other change's does.
    pub(crate) fn none(request: &Request) -> Self {
        Self {
            hold: request.dav.hold,
            ..Self::default()
        }
    }

    pub(crate) async fn of(request: &Request) -> Outcome<Self> {
        let text = |name: &str| {
            let all = request.fields.get_all(name).iter();
            let all: Vec<&str> = all.filter_map(|value| value.to_str().ok()).collect();
            (!all.is_empty()).then(|| all.join(","))
        };
        let lists = match text("if") {
            Some(text) => Some(Lists::read(request, &text).await?),
            None => None,
        };
        Ok(Self {
            matches: text("if-match").map(|text| tags(&text)),
            matches_none: text("if-none-match").map(|text| tags(&text)),
            modified_since: text("if-modified-since").and_then(|text| date::seconds(&text)),
            unmodified_since: text("if-unmodified-since").and_then(|text| date::seconds(&text)),
            lists,
            schedule_tag: text("if-schedule-tag-match").map(|tag| tag.trim().to_owned()),
            is_silent: request
                .field("schedule-reply")
                .trim()
                .eq_ignore_ascii_case("f"),
            hold: request.dav.hold,
        })
    }

    /// Whether the conditions hold for a member that is to be changed; `None`: there is none.
    pub(crate) fn hold_for(&self, member: Option<&Member>) -> bool {
        let tag = member.map(|member| etag::of(member.revision));
        let state = tag.as_deref().map_or(State::Missing, State::Tagged);
        let schedule_tag = member.map(|member| etag::schedule_tag(member.schedule_tag));
        let is_scheduled = self.schedule_tag.is_none() || self.schedule_tag == schedule_tag;
        let is_old = member.is_none_or(|member| self.is_old_enough(member));
        is_scheduled && is_old && self.hold(state)
    }

    /// Whether a GET may be answered: as above, but that a client which has what there is gets 304.
    pub(crate) fn let_read(&self, member: &Member) -> bool {
        let for_reading = Self {
            matches_none: None,
            ..self.clone()
        };
        for_reading.hold_for(Some(member))
    }

    /// If-Unmodified-Since, for which an entity tag speaks where one is named (RFC 9110, 13.1.4).
    fn is_old_enough(&self, member: &Member) -> bool {
        let latest = self.unmodified_since.filter(|_| self.matches.is_none());
        latest.is_none_or(|latest| changed(member) <= latest)
    }

    /// What a change of a calendar object is told of the request.
    pub(crate) fn terms<'a>(&self, condition: Condition<'a>) -> Terms<'a> {
        Terms {
            condition,
            seen: self.seen(),
            reply: match self.is_silent {
                true => Reply::Suppress,
                false => Reply::Send,
            },
            hold: self.hold,
        }
    }

    /// Which version the client has, if the conditions hold: who names an entity tag has that version.
    fn seen(&self) -> Seen {
        let is_named =
            |terms: &Vec<Term>| terms.iter().any(|one| !one.negated && one.tag.is_some());
        let in_lists = || {
            let lists = self.lists.as_ref().filter(|lists| !lists.holds_elsewhere);
            lists.is_some_and(|lists| !lists.own.is_empty() && lists.own.iter().all(is_named))
        };
        match &self.matches {
            Some(Tags::These(_)) => Seen::Current,
            _ if in_lists() => Seen::Current,
            _ => Seen::Earlier,
        }
    }

    /// Whether the conditions hold for what there is. If-Match compares strongly, If-None-Match weakly
    /// (RFC 9110, 13.1.1 and 13.1.2).
    pub(crate) fn hold(&self, state: State<'_>) -> bool {
        let is_among = |tags: &Tags, is_same: fn(&str, &str) -> bool| match (tags, state) {
            (_, State::Missing) => false,
            (Tags::Any, _) => true,
            (Tags::These(_), State::Untagged) => false,
            (Tags::These(these), State::Tagged(tag)) => these.iter().any(|one| is_same(one, tag)),
        };
        let matches = self.matches.as_ref();
        let matches_none = self.matches_none.as_ref();
        matches.is_none_or(|tags| is_among(tags, |one, tag| one == tag))
            && !matches_none.is_some_and(|tags| is_among(tags, is_weakly))
            && self
                .lists
                .as_ref()
                .is_none_or(|lists| lists.hold(state.tag()))
    }

    /// 412 unless they hold.
    pub(crate) fn require(&self, state: State<'_>) -> Outcome<()> {
        match self.hold(state) {
            true => Ok(()),
            false => Err(Failure::status(StatusCode::PRECONDITION_FAILED)),
        }
    }

    /// Whether a GET is answered with 304: the client has what there is.
    pub(crate) fn is_not_modified(&self, member: &Member) -> bool {
        match &self.matches_none {
            Some(Tags::Any) => true,
            Some(Tags::These(these)) => {
                let tag = etag::of(member.revision);
                these.iter().any(|one| is_weakly(one, &tag))
            }
            None => self
                .modified_since
                .is_some_and(|since| changed(member) <= since),
        }
    }
}

/// The second in which a member was changed last.
fn changed(member: &Member) -> i64 {
    member.changed.div_euclid(1000)
}

impl Term {
    fn holds(&self, tag: Option<&str>) -> bool {
        let is_so = self.tag.is_some() && self.tag.as_deref() == tag;
        is_so != self.negated
    }
}

fn tags(text: &str) -> Tags {
    let text = text.trim();
    if text == "*" {
        return Tags::Any;
    }
    let tags = text.split(',').map(|tag| tag.trim().to_owned());
    Tags::These(tags.filter(|tag| !tag.is_empty()).collect())
}

/// Whether a tag that a client names is ours, or what became of it where a proxy changed the body.
fn is_weakly(named: &str, ours: &str) -> bool {
    named.strip_prefix("W/").unwrap_or(named) == ours
}

impl Lists {
    async fn read(request: &Request, text: &str) -> Outcome<Self> {
        let mut lists = Self::default();
        for (href, list) in lists_of(text).ok_or_else(Failure::bad_request)? {
            let other = href.map(|href| request.named(href));
            match other.filter(|named| named.as_ref() != Ok(&request.resource)) {
                None => lists.own.push(list),
                Some(named) => {
                    let tag = tag_of(request, named).await?;
                    lists.holds_elsewhere |= holds(&list, tag.as_deref());
                }
            }
        }
        Ok(lists)
    }

    fn hold(&self, tag: Option<&str>) -> bool {
        self.holds_elsewhere || self.own.iter().any(|list| holds(list, tag))
    }
}

fn holds(list: &[Term], tag: Option<&str>) -> bool {
    list.iter().all(|term| term.holds(tag))
}

/// The entity tag of another resource; none of one that is not there, or has no such tag.
async fn tag_of(request: &Request, named: Outcome<Resource>) -> Outcome<Option<String>> {
    let Ok(Resource::Member(kind, segment, name)) = named else {
        return Ok(None);
    };
    let collection = match request.collection(kind, &segment).await {
        Err(failure) if failure.status == StatusCode::NOT_FOUND => return Ok(None),
        found => found?,
    };
    let named = Selection::Names(vec![name]);
    let found = request.members(&collection, named, Detail::Etag).await?;
    Ok(found.first().map(|member| etag::of(member.revision)))
}

/// The lists of an If field, each with the href before it; `None` when it cannot be read, or has too many.
fn lists_of(text: &str) -> Option<Vec<(Option<&str>, Vec<Term>)>> {
    let mut lists = Vec::new();
    let mut about = None;
    let mut rest = text.trim_matches([' ', ',', '\t']);
    while !rest.is_empty() {
        if let Some(tagged) = rest.strip_prefix('<') {
            let (href, behind) = tagged.split_once('>')?;
            about = Some(href);
            rest = behind.trim_start();
            continue;
        }
        let (list, behind) = rest.strip_prefix('(')?.split_once(')')?;
        lists.push((about, terms(list)?));
        if lists.len() > MOST_LISTS {
            return None;
        }
        rest = behind.trim_start_matches([' ', ',', '\t']);
    }
    (!lists.is_empty()).then_some(lists)
}

fn terms(list: &str) -> Option<Vec<Term>> {
    let mut terms = Vec::new();
    let mut rest = list.trim();
    while !rest.is_empty() {
        let negated = rest
            .get(..3)
            .is_some_and(|start| start.eq_ignore_ascii_case("not"));
        if negated {
            rest = rest.get(3..)?.trim_start();
        }
        let (tag, behind) = match rest.strip_prefix('[') {
            Some(tag) => {
                let (tag, behind) = tag.split_once(']')?;
                (Some(tag.trim().to_owned()), behind)
            }
            None => (None, rest.strip_prefix('<')?.split_once('>')?.1),
        };
        terms.push(Term { negated, tag });
        rest = behind.trim_start();
    }
    (!terms.is_empty()).then_some(terms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_compared() {
        let conditions = |matches: Option<&str>, none: Option<&str>| Conditions {
            matches: matches.map(tags),
            matches_none: none.map(tags),
            ..Conditions::default()
        };
        let is_new = conditions(None, Some("*"));
        let (one, three) = (State::Tagged("\"1\""), State::Tagged("\"3\""));
        assert!(is_new.hold(State::Missing) && !is_new.hold(one));
        assert!(!is_new.hold(State::Untagged));
        let is_same = conditions(Some("\"2\", \"1\""), None);
        assert!(is_same.hold(one) && !is_same.hold(three));
        assert!(!is_same.hold(State::Missing) && !is_same.hold(State::Untagged));
        let is_there = conditions(Some("*"), None);
        assert!(is_there.hold(one) && !is_there.hold(State::Missing));
        assert!(is_there.hold(State::Untagged));
        assert!(!conditions(Some("W/\"1\""), None).hold(one));
        assert!(!conditions(None, Some("W/\"1\"")).hold(one));
    }

    #[test]
    fn who_names_an_entity_tag_has_that_version() {
        let seen = |matches: Option<&str>, list: Option<&str>| {
            let conditions = Conditions {
                matches: matches.map(tags),
                lists: list.and_then(terms).map(|list| Lists {
                    own: vec![list],
                    holds_elsewhere: false,
                }),
                ..Conditions::default()
            };
            conditions.seen()
        };
        assert_eq!(seen(Some("\"1\""), None), Seen::Current);
        assert_eq!(seen(None, Some("[\"1\"]")), Seen::Current);
        assert_eq!(seen(Some("*"), None), Seen::Earlier);
        assert_eq!(seen(None, Some("Not [\"1\"]")), Seen::Earlier);
        assert_eq!(seen(None, None), Seen::Earlier);
    }

    #[test]
    fn if_lists_are_read() {
        let held = |list: &str, tag: Option<&str>| terms(list).map(|terms| holds(&terms, tag));
        assert_eq!(held("[\"1\"]", Some("\"1\"")), Some(true));
        assert_eq!(held("<urn:uuid:x> [\"1\"]", Some("\"1\"")), Some(false));
        assert_eq!(held("Not <DAV:no-lock>", None), Some(true));
        assert_eq!(held("not [\"1\"]", Some("\"1\"")), Some(false));
        let abouts = |text| {
            let lists = lists_of(text)?;
            Some(
                lists
                    .into_iter()
                    .map(|(about, _)| about)
                    .collect::<Vec<_>>(),
            )
        };
        let both = "</a> ([\"1\"]) (Not [\"2\"]), </b> (<urn:x>)";
        assert_eq!(abouts(both), Some(vec![Some("/a"), Some("/a"), Some("/b")]));
        assert_eq!(abouts("([\"1\"])"), Some(vec![None]));
        assert_eq!(abouts("</a> ([\"1\"]"), None);
        assert_eq!(abouts("</a>"), None);
        let read = |count| lists_of(&"([\"1\"])".repeat(count)).map(|lists| lists.len());
        assert_eq!(read(MOST_LISTS), Some(MOST_LISTS));
        assert_eq!(read(MOST_LISTS + 1), None);
        assert_eq!(held("x", None), None);
        assert_eq!(held("", None), None);
    }
}
