//! What is promised of collections: names in paths, properties, members, sync pages, cards, app
//! passwords.

use store::{
    AccountId, AppPassword, CardCommit, Collection, CollectionKind, Collections, Detail, Error,
    Member, NewCollection, Property, PropertyChanges, PutCard, Revision, Selection, Store,
};

use super::Database;
use super::record::{account, contact, default_calendar};

pub(super) const BOOK: CollectionKind = CollectionKind::AddressBook;
pub(super) const CALENDAR: CollectionKind = CollectionKind::Calendar;

fn new(kind: CollectionKind, segment: &str) -> NewCollection {
    NewCollection {
        kind,
        segment: segment.to_owned(),
        name: format!("The {segment}"),
        properties: vec![property("colour", "<colour>red</colour>")],
    }
}

pub(super) fn property(name: &str, value: &str) -> Property {
    Property {
        namespace: "x".to_owned(),
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

pub(super) fn card(book: &Collection, name: &str, uid: &str, address: &str) -> PutCard {
    PutCard {
        book: book.id.clone(),
        name: name.to_owned(),
        uid: uid.to_owned(),
        text: format!("card of {uid}").into_bytes(),
        addresses: vec![address.to_owned()],
    }
}

pub(super) fn putting(cards: Vec<PutCard>) -> CardCommit {
    CardCommit {
        put: cards,
        ..CardCommit::default()
    }
}

pub(super) async fn default_book(store: &impl Collections, account: AccountId) -> Collection {
    store
        .collections(account, BOOK)
        .await
        .unwrap()
        .swap_remove(0)
}

pub(super) fn names(members: &[Member]) -> Vec<&str> {
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
