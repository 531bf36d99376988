//! What is promised of the members of collections, and of the pages of what changed in them.

use store::{
    By, CardCommit, CollectionId, Collections, Detail, PropertyChanges, Revision, Selection,
    Standing, StateChange, Store,
};

use super::Database;
use super::collection::{BOOK, CALENDAR, card, default_book, names, property, putting};
use super::record::{account, default_calendar, writing};

pub(crate) async fn tells_members_by_name_page_and_uid(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let book = default_book(&store, alice).await;
    let cards = ["c", "a", "b"].map(|name| card(&book, name, &format!("uid-{name}"), "a@x.org"));
    store
        .cards_commit(alice, putting(cards.to_vec()))
        .await
        .unwrap();
    let ask = |selection, detail| store.members(alice, BOOK, &book.id, selection, detail);
    let page = ask(Selection::After(String::new(), 2), Detail::Etag)
        .await
        .unwrap();
    assert_eq!(names(&page), ["a", "b"]);
    assert!(page[0].text.is_empty());
    assert_eq!(page[0].size, "card of uid-a".len() as u64);
    let rest = ask(Selection::After("b".to_owned(), 2), Detail::Text)
        .await
        .unwrap();
    assert_eq!(names(&rest), ["c"]);
    assert_eq!(rest[0].text, b"card of uid-c");
    let named = ["b", "x", "a", "b"].map(str::to_owned).to_vec();
    assert_eq!(
        names(&ask(Selection::Names(named), Detail::Etag).await.unwrap()),
        ["a", "b"]
    );
    let one = ask(Selection::Uid("uid-b".to_owned()), Detail::Etag)
        .await
        .unwrap();
    assert_eq!(names(&one), ["b"]);
}

pub(crate) async fn shows_a_place_with_what_is_held_of_a_uid(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let calendar = default_calendar(&store, alice).await;
    let nothing = (calendar.clone(), "none.ics".to_owned());
    let there = (calendar.clone(), "uid-1.ics".to_owned());
    let standing = store.standing(alice, &nothing, None).await.unwrap();
    assert_eq!(standing, Standing::default());
    for uid in ["uid-1", "uid-2"] {
        let mut commit = writing(&store, alice, &calendar, uid, "an event").await;
        commit.state = StateChange::Put(uid.to_owned());
        store.commit(commit).await.unwrap();
    }
    for (place, asked, expected) in [
        (&there, None, "uid-1"),
        (&there, Some("uid-2"), "uid-2"),
        (&nothing, Some("uid-1"), "uid-1"),
    ] {
        let standing = store.standing(alice, place, asked).await.unwrap();
        let named = Selection::Names(vec![place.1.clone()]);
        let members = store.members(alice, CALENDAR, &calendar, named, Detail::Whole);
        assert_eq!(standing.at, members.await.unwrap().pop());
        assert_eq!(standing.event, store.event(alice, expected).await.unwrap());
    }
}

pub(crate) async fn takes_along_what_is_kept_beside_a_member(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let calendar = default_calendar(&store, alice).await;
    let book = default_book(&store, alice).await;
    let set = async |of: &CollectionId, member, property| {
        let changes = PropertyChanges {
            set: vec![property],
            ..PropertyChanges::default()
        };
        let setting = store.properties_change(alice, of, Some(member), changes);
        setting.await.unwrap();
    };
    for (of, old, new) in [
        (&calendar, "uid-1.ics", "uid-2.ics"),
        (&book.id, "a.vcf", "b.vcf"),
    ] {
        set(of, old, property("colour", "<colour>red</colour>")).await;
        set(of, new, property("order", "<order/>")).await;
    }
    for uid in ["uid-1", "uid-2"] {
        let commit = writing(&store, alice, &calendar, uid, "an event").await;
        store.commit(commit).await.unwrap();
    }
    let mut moving = writing(&store, alice, &calendar, "uid-1", "an event").await;
    moving.from = Some((calendar.clone(), "uid-1.ics".to_owned()));
    moving.put[0].name = "uid-2.ics".to_owned();
    moving.delete = ["uid-1.ics", "uid-2.ics"]
        .map(|name| (calendar.clone(), name.to_owned()))
        .to_vec();
    store.commit(moving).await.unwrap();
    let copying = CardCommit {
        from: Some((book.id.clone(), "a.vcf".to_owned())),
        ..putting(vec![card(&book, "b.vcf", "b", "b@example.com")])
    };
    store.cards_commit(alice, copying).await.unwrap();
    let kept = async |of, members: [&str; 2]| {
        let kept = store.member_properties(alice, of, &members).await.unwrap();
        kept.into_iter()
            .map(|(member, property)| format!("{member} {}", property.name))
            .collect::<Vec<_>>()
    };
    let moved = kept(&calendar, ["uid-1.ics", "uid-2.ics"]).await;
    assert_eq!(moved, ["uid-2.ics colour"]);
    let copied = kept(&book.id, ["a.vcf", "b.vcf"]).await;
    assert_eq!(copied, ["a.vcf colour", "b.vcf colour"]);
}

pub(crate) async fn finds_objects_in_a_window(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let calendar = default_calendar(&store, alice).await;
    let event = |lines: &str| {
        format!(
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:u\r\n{lines}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        )
    };
    for (uid, text) in [
        ("past", event("DTSTART:20260101T100000Z")),
        ("now", event("DTSTART:20270310T100000Z")),
        (
            "endless",
            event("DTSTART:20260101T100000Z\r\nRRULE:FREQ=DAILY"),
        ),
        (
            "ended",
            event("DTSTART:20260101T100000Z\r\nRRULE:FREQ=DAILY;COUNT=9"),
        ),
        ("future", event("DTSTART:20280101T100000Z")),
        ("unreadable", "x".to_owned()),
    ] {
        let commit = writing(&store, alice, &calendar, uid, &text).await;
        store.commit(commit).await.unwrap();
    }
    // March 2027.
    let window = Selection::Window(1_803_859_200_000, 1_806_537_600_000);
    let found = store
        .members(alice, CALENDAR, &calendar, window, Detail::Etag)
        .await
        .unwrap();
    let mut uids: Vec<&str> = found.iter().map(|member| member.uid.as_str()).collect();
    uids.sort_unstable();
    assert_eq!(uids, ["endless", "now", "unreadable"]);
}

pub(crate) async fn pages_what_changed(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let book = default_book(&store, alice).await;
    for name in ["a", "b", "c"] {
        let commit = putting(vec![card(&book, name, name, "a@x.org")]);
        store.cards_commit(alice, commit).await.unwrap();
    }
    let reopened = database.open();
    let sync = |after, limit| reopened.sync(alice, BOOK, &book.id, after, limit);
    let all = sync(None, 10).await.unwrap();
    assert_eq!(all.members.len(), 3);
    assert!(!all.is_cut);
    let first = sync(None, 2).await.unwrap();
    assert!(first.is_cut);
    let rest = sync(Some(first.revision), 2).await.unwrap();
    assert_eq!(
        (rest.members.len(), rest.is_cut, rest.revision),
        (1, false, all.revision)
    );
    let again = card(&book, "a", "a", "a@x.org");
    let change = CardCommit {
        delete: vec![(book.id.clone(), "b".to_owned())],
        put: vec![again],
        ..CardCommit::default()
    };
    let revision = store.cards_commit(alice, change).await.unwrap();
    let later = sync(Some(all.revision), 10).await.unwrap();
    let told: Vec<(&str, bool)> = later
        .members
        .iter()
        .map(|(name, revision)| (name.as_str(), revision.is_some()))
        .collect();
    assert_eq!(told, [("b", false), ("a", true)]);
    assert_eq!(Some(later.revision), revision);
    let nothing = sync(Some(later.revision), 10).await.unwrap();
    assert_eq!(
        (nothing.members, nothing.revision),
        (Vec::new(), later.revision)
    );
}

pub(crate) async fn pages_what_was_deleted_twice(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let book = default_book(&store, alice).await;
    let put = |name: &str| putting(vec![card(&book, name, name, "a@x.org")]);
    let delete = |name: &str| CardCommit {
        delete: vec![(book.id.clone(), name.to_owned())],
        ..CardCommit::default()
    };
    for commit in [
        put("a"),
        delete("a"),
        put("a"),
        delete("a"),
        put("b"),
        put("c"),
        put("b"),
    ] {
        store.cards_commit(alice, commit).await.unwrap();
    }
    let mut after = Some(Revision(0));
    let mut told = Vec::new();
    loop {
        let page = store.sync(alice, BOOK, &book.id, after, 2).await.unwrap();
        let members = page.members.into_iter();
        told.extend(members.map(|(name, revision)| (name, revision.is_some())));
        after = Some(page.revision);
        if !page.is_cut {
            break;
        }
    }
    let told: Vec<(&str, bool)> = told.iter().map(|(name, is)| (name.as_str(), *is)).collect();
    assert_eq!(told, [("a", false), ("c", true), ("b", true)]);
}

pub(crate) async fn keeps_the_schedule_tag(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let calendar = default_calendar(&store, alice).await;
    let mut tags = Vec::new();
    for by in [By::Organizer, By::Server, By::Server, By::Owner, By::Server] {
        let mut commit = writing(&store, alice, &calendar, "uid-1", "an event").await;
        commit.put[0].by = by;
        store.commit(commit).await.unwrap();
        let selection = Selection::Uid("uid-1".to_owned());
        let found = store.members(alice, CALENDAR, &calendar, selection, Detail::Etag);
        let found = found.await.unwrap().swap_remove(0);
        tags.push((found.schedule_tag.0, found.revision.0));
    }
    assert_eq!(tags, [(1, 1), (1, 2), (1, 3), (4, 4), (4, 5)]);
}
