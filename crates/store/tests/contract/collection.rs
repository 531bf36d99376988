//! What is promised of collections: names in paths, properties, members, sync pages, cards, app
//! passwords.

use store::{
    AccountId, AppPassword, By, CardCommit, Collection, CollectionId, CollectionKind, Collections,
    Detail, Error, Member, NewCollection, Property, PropertyChanges, PutCard, Revision, Selection,
    Standing, StateChange, Store,
};

use super::Database;
use super::record::{account, contact, default_calendar, writing};

const BOOK: CollectionKind = CollectionKind::AddressBook;
const CALENDAR: CollectionKind = CollectionKind::Calendar;

fn new(kind: CollectionKind, segment: &str) -> NewCollection {
    NewCollection {
        kind,
        segment: segment.to_owned(),
        name: format!("The {segment}"),
        properties: vec![property("colour", "<colour>red</colour>")],
    }
}

fn property(name: &str, value: &str) -> Property {
    Property {
        namespace: "x".to_owned(),
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

fn card(book: &Collection, name: &str, uid: &str, address: &str) -> PutCard {
    PutCard {
        book: book.id.clone(),
        name: name.to_owned(),
        uid: uid.to_owned(),
        text: format!("card of {uid}").into_bytes(),
        addresses: vec![address.to_owned()],
    }
}

fn putting(cards: Vec<PutCard>) -> CardCommit {
    CardCommit {
        put: cards,
        ..CardCommit::default()
    }
}

async fn default_book(store: &impl Collections, account: AccountId) -> Collection {
    store
        .collections(account, BOOK)
        .await
        .unwrap()
        .swap_remove(0)
}

fn names(members: &[Member]) -> Vec<&str> {
    members.iter().map(|member| member.name.as_str()).collect()
}

pub(crate) async fn has_one_name_in_paths(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    for kind in [CALENDAR, BOOK] {
        let made = store
            .collection_add(alice, new(kind, "work"))
            .await
            .unwrap();
        assert!(!made.is_default);
        let again = store.collection_add(alice, new(kind, "work")).await;
        assert_eq!(again.unwrap_err(), Error::Conflict);
        let found = store.collection(alice, kind, "work").await.unwrap();
        assert_eq!(found.as_ref(), Some(&made));
        let all = store.collections(alice, kind).await.unwrap();
        assert_eq!((all.len(), all[0].is_default, &all[1]), (2, true, &made));
        assert_eq!(
            all[0].segment, all[0].id.0,
            "one that nobody named is named by its id"
        );
        store
            .collection_remove(alice, kind, &made.id)
            .await
            .unwrap();
        assert_eq!(store.collection(alice, kind, "work").await.unwrap(), None);
        let stays = store.collection_remove(alice, kind, &all[0].id).await;
        assert_eq!(stays.unwrap_err(), Error::Conflict, "the default one");
        let fresh = store
            .collection_add(alice, new(kind, "work"))
            .await
            .unwrap();
        assert_ne!(fresh.id, made.id);
    }
    let bob = account(&store, "bob@example.com").await.id;
    assert_eq!(store.collection(bob, BOOK, "work").await.unwrap(), None);
}

pub(crate) async fn keeps_properties_and_drops_them_with_their_owner(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let book = store
        .collection_add(alice, new(BOOK, "team"))
        .await
        .unwrap();
    assert_eq!(
        book.properties,
        [property("colour", "<colour>red</colour>")]
    );
    let changes = PropertyChanges {
        name: Some("Renamed".to_owned()),
        set: vec![property("order", "<order/>")],
        remove: vec![("x".to_owned(), "colour".to_owned())],
    };
    store
        .properties_change(alice, &book.id, None, changes)
        .await
        .unwrap();
    let found = store
        .collection(alice, BOOK, "team")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.name, "Renamed");
    assert_eq!(found.properties, [property("order", "<order/>")]);

    store
        .cards_commit(alice, putting(vec![card(&book, "a", "a", "a@x.org")]))
        .await
        .unwrap();
    let changes = PropertyChanges {
        set: vec![property("note", "<note/>")],
        ..PropertyChanges::default()
    };
    store
        .properties_change(alice, &book.id, Some("a"), changes)
        .await
        .unwrap();
    let properties = async |names: &[&str]| {
        let set = store.member_properties(alice, &book.id, names).await;
        set.unwrap()
    };
    let expected = [("a".to_owned(), property("note", "<note/>"))];
    assert_eq!(properties(&["a", "b"]).await, expected);
    assert_eq!(properties(&["b"]).await, []);
    let delete = CardCommit {
        delete: vec![(book.id.clone(), "a".to_owned())],
        ..CardCommit::default()
    };
    store.cards_commit(alice, delete).await.unwrap();
    assert_eq!(properties(&["a"]).await, []);
}

pub(crate) async fn goes_by_another_name(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    for kind in [CALENDAR, BOOK] {
        let work = new(kind, "work");
        let work = store.collection_add(alice, work).await.unwrap();
        let taken = new(kind, "taken");
        store.collection_add(alice, taken).await.unwrap();
        let moving = |to| store.collection_move(alice, kind, &work.id, to);
        assert_eq!(moving("taken").await, Err(Error::Conflict));
        moving("play").await.unwrap();
        assert_eq!(store.collection(alice, kind, "work").await.unwrap(), None);
        let found = store.collection(alice, kind, "play").await.unwrap();
        let found = found.unwrap();
        assert_eq!((&found.id, &found.name), (&work.id, &work.name));
    }
}

pub(crate) async fn is_copied_whole_or_not_at_all(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let book = default_book(&store, alice).await;
    let cards = vec![
        card(&book, "a", "a", "a@x.org"),
        card(&book, "b", "b", "b@x.org"),
    ];
    store.cards_commit(alice, putting(cards)).await.unwrap();
    let note = PropertyChanges {
        set: vec![property("note", "<note/>")],
        ..PropertyChanges::default()
    };
    let noting = store.properties_change(alice, &book.id, Some("a"), note);
    noting.await.unwrap();
    let all = || Selection::After(String::new(), 10);
    let of = |id| store.members(alice, BOOK, id, all(), Detail::Whole);
    let members = of(&book.id).await.unwrap();
    let first: Vec<(String, Revision)> = vec![(members[0].name.clone(), members[0].revision)];
    let mut stale = first.clone();
    stale.push(("b".to_owned(), Revision(0)));
    let copying = store.collection_copy(alice, &book.id, new(BOOK, "twin"), stale);
    assert_eq!(copying.await, Err(Error::Conflict));
    assert_eq!(store.collection(alice, BOOK, "twin").await.unwrap(), None);

    let copying = store.collection_copy(alice, &book.id, new(BOOK, "twin"), first);
    let twin = copying.await.unwrap();
    let copied = of(&twin.id).await.unwrap();
    assert_eq!(names(&copied), ["a"]);
    assert_eq!(copied[0].text, members[0].text);
    assert!(copied[0].revision > members[1].revision && copied[0].changed > 0);
    assert_eq!(twin.revision, copied[0].revision);
    let set = store.member_properties(alice, &twin.id, &["a"]);
    let set = set.await.unwrap();
    assert_eq!(set, [("a".to_owned(), property("note", "<note/>"))]);
    let page = store.sync(alice, BOOK, &twin.id, Some(Revision(0)), 10);
    assert_eq!(page.await.unwrap().members.len(), 1);
    let clear = CardCommit {
        delete: members
            .iter()
            .map(|one| (book.id.clone(), one.name.clone()))
            .collect(),
        ..CardCommit::default()
    };
    store.cards_commit(alice, clear).await.unwrap();
    assert!(store.is_contact(alice, "a@x.org").await.unwrap());
    assert!(!store.is_contact(alice, "b@x.org").await.unwrap());
}

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

pub(crate) async fn refuses_cards_that_are_in_the_way(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let book = default_book(&store, alice).await;
    let mut commit = putting(vec![card(&book, "a", "uid", "a@x.org")]);
    commit.expect = vec![(book.id.clone(), "a".to_owned(), None)];
    let revision = store.cards_commit(alice, commit.clone()).await.unwrap();
    assert_eq!(
        store.cards_commit(alice, commit.clone()).await,
        Err(Error::Conflict)
    );
    commit.expect = vec![(book.id.clone(), "a".to_owned(), Some(Revision(0)))];
    assert_eq!(
        store.cards_commit(alice, commit.clone()).await,
        Err(Error::Conflict)
    );
    commit.expect = vec![(book.id.clone(), "a".to_owned(), revision)];
    assert!(store.cards_commit(alice, commit).await.is_ok());
    let other = putting(vec![card(&book, "b", "uid", "a@x.org")]);
    assert_eq!(store.cards_commit(alice, other).await, Err(Error::Conflict));
}

pub(crate) async fn makes_contacts_of_the_cards_of_all_books(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let team = store
        .collection_add(alice, new(BOOK, "team"))
        .await
        .unwrap();
    let commit = putting(vec![card(&team, "a", "a", "Zoe@Example.com")]);
    store.cards_commit(alice, commit).await.unwrap();
    assert!(store.is_contact(alice, "zoe@example.com").await.unwrap());
    store
        .contacts_put(alice, vec![contact("b", &["bob@example.com"])])
        .await
        .unwrap();
    assert_eq!(store.contacts(alice).await.unwrap().len(), 2);
    store
        .collection_remove(alice, BOOK, &team.id)
        .await
        .unwrap();
    assert!(!store.is_contact(alice, "zoe@example.com").await.unwrap());
    assert!(store.is_contact(alice, "bob@example.com").await.unwrap());
}

pub(crate) async fn counts_what_is_used(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    assert_eq!(store.used_octets(alice).await.unwrap(), 0);
    let book = default_book(&store, alice).await;
    let one = card(&book, "a", "a", "a@x.org");
    let size = one.text.len() as u64;
    store.cards_commit(alice, putting(vec![one])).await.unwrap();
    assert_eq!(store.used_octets(alice).await.unwrap(), size);
    assert_ne!(store.free_octets().await.unwrap(), Some(0));
}

pub(crate) async fn keeps_app_passwords(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let bob = account(&store, "bob@example.com").await.id;
    let password = AppPassword {
        id: "abcd".to_owned(),
        label: "phone".to_owned(),
        hash: "hash".to_owned(),
        created: 5,
    };
    store
        .app_password_add(alice, password.clone())
        .await
        .unwrap();
    let again = store.app_password_add(alice, password.clone()).await;
    assert_eq!(again, Err(Error::Conflict));
    assert_eq!(store.app_passwords(alice).await.unwrap(), [password]);
    assert_eq!(store.app_passwords(bob).await.unwrap(), []);
    assert!(!store.app_password_remove(bob, "abcd").await.unwrap());
    assert!(store.app_password_remove(alice, "abcd").await.unwrap());
    assert_eq!(store.app_passwords(alice).await.unwrap(), []);
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

pub(crate) async fn has_the_default_calendar_that_was_chosen(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let work = store.collection_add(alice, new(CALENDAR, "work")).await;
    let work = work.unwrap();
    store.calendar_set_default(alice, &work.id).await.unwrap();
    let all = store.collections(alice, CALENDAR).await.unwrap();
    let defaults: Vec<_> = all
        .iter()
        .map(|one| (one.segment.as_str(), one.is_default))
        .collect();
    assert_eq!(defaults, [("work", true), (all[1].segment.as_str(), false)]);
    let gone = store
        .calendar_set_default(alice, &store::CalendarId("gone".to_owned()))
        .await;
    assert!(matches!(gone, Err(Error::NotFound(_))));
    assert_eq!(default_calendar(&store, alice).await, work.id, "it stays");
}
