//! What is promised of the scheduling inbox (RFC 6638, 2.2): items are objects that wait for an answer.

use store::{
    AccountId, By, CalendarId, CollectionKind, Collections, Commit, Detail, Error, Member,
    NewCollection, Property, PropertyChanges, Revision, Selection, Store,
};

use super::Database;
use super::record::{account, default_calendar, writing};

/// An account with its default calendar.
async fn alice(store: &impl Store) -> (AccountId, CalendarId) {
    let alice = account(store, "alice@example.com").await.id;
    let calendar = default_calendar(store, alice).await;
    (alice, calendar)
}

/// Writes an object that waits for an answer, or not.
async fn write(
    store: &impl Store,
    (account, calendar): (AccountId, &CalendarId),
    (uid, unanswered, by): (&str, bool, By),
) {
    let mut commit = writing(store, account, calendar, uid, "an event").await;
    commit.put[0].unanswered = unanswered;
    commit.put[0].by = by;
    store.commit(commit).await.unwrap();
}

async fn items(store: &impl Collections, account: AccountId) -> Vec<Member> {
    let all = Selection::After(String::new(), 100);
    store
        .inbox_members(account, all, Detail::Whole)
        .await
        .unwrap()
}

fn name(calendar: &CalendarId, uid: &str) -> String {
    format!("{calendar}.{uid}.ics")
}

/// What is told of changes since a revision, and where the next look begins.
async fn told(
    store: &impl Collections,
    account: AccountId,
    after: Option<Revision>,
) -> (Vec<(String, bool)>, Revision) {
    let page = store.inbox_sync(account, after, 100).await.unwrap();
    assert!(!page.is_cut);
    let members = page.members.into_iter();
    let told = members.map(|(name, revision)| (name, revision.is_some()));
    (told.collect(), page.revision)
}

pub(crate) async fn holds_what_waits_for_an_answer(database: &impl Database) {
    let store = database.open();
    let (alice, calendar) = alice(&store).await;
    assert_eq!(items(&store, alice).await, []);
    for (uid, unanswered) in [("a", true), ("b", false), ("c", true)] {
        write(&store, (alice, &calendar), (uid, unanswered, By::Organizer)).await;
    }
    let found = items(&store, alice).await;
    let names: Vec<_> = found.iter().map(|item| item.name.clone()).collect();
    assert_eq!(names, [name(&calendar, "a"), name(&calendar, "c")]);
    assert_eq!((found[1].uid.as_str(), found[1].size), ("c", 8));
    assert_eq!(found[1].text, b"an event");
    assert_eq!(found[1].revision, Revision(3));
    for (selection, expected) in [
        (Selection::After(names[0].clone(), 9), vec![&names[1]]),
        (Selection::After(String::new(), 1), vec![&names[0]]),
        (Selection::Uid("c".to_owned()), vec![&names[1]]),
        (Selection::Window(5, 6), vec![&names[0], &names[1]]),
        (
            Selection::Names(vec![
                names[1].clone(),
                name(&calendar, "b"),
                "b.ics".to_owned(),
                "none".to_owned(),
            ]),
            vec![&names[1]],
        ),
    ] {
        let found = store.inbox_members(alice, selection.clone(), Detail::Etag);
        let found = found.await.unwrap();
        assert!(found.iter().all(|item| item.text.is_empty()));
        let found: Vec<_> = found.iter().map(|item| &item.name).collect();
        assert_eq!(found, expected, "{selection:?}");
    }
}

pub(crate) async fn tells_what_came_and_went(database: &impl Database) {
    let store = database.open();
    let (alice, calendar) = alice(&store).await;
    let (first, start) = told(&store, alice, None).await;
    assert_eq!((first, start), (Vec::new(), Revision(0)));
    write(&store, (alice, &calendar), ("a", true, By::Organizer)).await;
    write(&store, (alice, &calendar), ("b", true, By::Organizer)).await;
    let (came, both) = told(&store, alice, Some(start)).await;
    assert_eq!(
        came,
        [(name(&calendar, "a"), true), (name(&calendar, "b"), true)]
    );
    assert_eq!(store.inbox(alice).await.unwrap().revision, both);
    write(&store, (alice, &calendar), ("own", false, By::Owner)).await;
    assert_eq!(told(&store, alice, Some(both)).await, (Vec::new(), both));
    write(&store, (alice, &calendar), ("a", false, By::Owner)).await;
    let (answered, later) = told(&store, alice, Some(both)).await;
    assert_eq!(answered, [(name(&calendar, "a"), false)]);
    let mut delete = Commit::new(alice, "b");
    delete.delete.push((calendar.clone(), "b.ics".to_owned()));
    store.commit(delete).await.unwrap();
    let (deleted, end) = told(&store, alice, Some(later)).await;
    assert_eq!(deleted, [(name(&calendar, "b"), false)]);
    assert_eq!(told(&store, alice, None).await, (Vec::new(), end));
    write(&store, (alice, &calendar), ("a", true, By::Organizer)).await;
    let (again, _) = told(&store, alice, Some(end)).await;
    assert_eq!(again, [(name(&calendar, "a"), true)], "asked again");
}

pub(crate) async fn is_synced_in_pages(database: &impl Database) {
    let store = database.open();
    let (alice, calendar) = alice(&store).await;
    for uid in ["a", "b", "c"] {
        write(&store, (alice, &calendar), (uid, true, By::Organizer)).await;
    }
    for mut after in [None, Some(Revision(0))] {
        let mut seen = Vec::new();
        loop {
            let page = store.inbox_sync(alice, after, 2).await.unwrap();
            seen.extend(page.members.into_iter().map(|(name, _)| name));
            after = Some(page.revision);
            if !page.is_cut {
                break;
            }
        }
        let all = ["a", "b", "c"].map(|uid| name(&calendar, uid));
        assert_eq!(seen, all);
        assert_eq!(after, Some(store.inbox(alice).await.unwrap().revision));
    }
}

pub(crate) async fn forgets_a_dismissal_when_its_organizer_speaks_again(database: &impl Database) {
    let store = database.open();
    let (alice, calendar) = alice(&store).await;
    write(&store, (alice, &calendar), ("a", true, By::Organizer)).await;
    let item = items(&store, alice).await.remove(0);
    let (_, before) = told(&store, alice, None).await;
    store
        .inbox_dismiss(alice, &item.name, item.revision)
        .await
        .unwrap();
    assert_eq!(items(&store, alice).await, []);
    let (gone, dismissed) = told(&store, alice, Some(before)).await;
    assert_eq!(gone, [(item.name.clone(), false)]);
    assert!(store.event(alice, "a").await.unwrap().objects[0].unanswered);
    for by in [By::Owner, By::Server] {
        write(&store, (alice, &calendar), ("a", true, by)).await;
        assert_eq!(items(&store, alice).await, [], "{by:?}");
    }
    write(&store, (alice, &calendar), ("a", true, By::Organizer)).await;
    let (back, _) = told(&store, alice, Some(dismissed)).await;
    assert_eq!(back, [(item.name, true)]);
}

pub(crate) async fn dismisses_what_was_seen_alone(database: &impl Database) {
    let store = database.open();
    let (alice, calendar) = alice(&store).await;
    write(&store, (alice, &calendar), ("a", true, By::Organizer)).await;
    write(&store, (alice, &calendar), ("b", false, By::Organizer)).await;
    let dismiss = |name: String, revision| {
        let store = &store;
        async move { store.inbox_dismiss(alice, &name, Revision(revision)).await }
    };
    let changed = dismiss(name(&calendar, "a"), 9).await;
    assert_eq!(changed, Err(Error::Conflict));
    for (uid, revision) in [("b", 2), ("none", 1)] {
        let gone = dismiss(name(&calendar, uid), revision).await;
        assert!(matches!(gone, Err(Error::NotFound(_))), "{gone:?}");
    }
    assert_eq!(dismiss(name(&calendar, "a"), 1).await, Ok(()));
    let twice = dismiss(name(&calendar, "a"), 1).await;
    assert!(matches!(twice, Err(Error::NotFound(_))), "{twice:?}");
    let next = writing(&store, alice, &calendar, "c", "an event").await;
    let next = store.commit(next).await.unwrap().revision;
    assert_eq!(next, Some(Revision(4)), "the dismissal has a number");
}

pub(crate) async fn stays_dismissed_when_its_object_moves(database: &impl Database) {
    let store = database.open();
    let (alice, calendar) = alice(&store).await;
    let move_from = async |old: &str, new: &str| {
        let mut moving = writing(&store, alice, &calendar, "a", "an event").await;
        moving.from = Some((calendar.clone(), old.to_owned()));
        moving.delete.push((calendar.clone(), old.to_owned()));
        moving.put[0].name = new.to_owned();
        store.commit(moving).await.unwrap();
    };
    write(&store, (alice, &calendar), ("a", true, By::Organizer)).await;
    move_from("a.ics", "b.ics").await;
    let item = items(&store, alice).await.remove(0);
    assert_eq!(item.name, format!("{calendar}.b.ics"), "it waits still");
    let dismissing = store.inbox_dismiss(alice, &item.name, item.revision);
    dismissing.await.unwrap();
    let (_, dismissed) = told(&store, alice, None).await;
    move_from("b.ics", "a.ics").await;
    assert_eq!(items(&store, alice).await, []);
    let (since, _) = told(&store, alice, Some(dismissed)).await;
    assert_eq!(since, [(item.name, false)], "nothing of the new name");
    write(&store, (alice, &calendar), ("a", true, By::Organizer)).await;
    assert_eq!(items(&store, alice).await.len(), 1, "asked again");
}

pub(crate) async fn loses_what_goes_with_its_calendar(database: &impl Database) {
    let store = database.open();
    let (alice, _) = alice(&store).await;
    let new = NewCollection {
        kind: CollectionKind::Calendar,
        segment: "work".to_owned(),
        name: "Work".to_owned(),
        properties: Vec::new(),
    };
    let work = store.collection_add(alice, new).await.unwrap().id;
    write(&store, (alice, &work), ("a", true, By::Organizer)).await;
    write(&store, (alice, &work), ("b", false, By::Organizer)).await;
    let (_, before) = told(&store, alice, None).await;
    let removing = store.collection_remove(alice, CollectionKind::Calendar, &work);
    removing.await.unwrap();
    let (gone, _) = told(&store, alice, Some(before)).await;
    assert_eq!(gone, [(name(&work, "a"), false)]);
}

pub(crate) async fn keeps_properties(database: &impl Database) {
    let store = database.open();
    let (alice, _) = alice(&store).await;
    let property = Property {
        namespace: "x".to_owned(),
        name: "hours".to_owned(),
        value: "<hours/>".to_owned(),
    };
    let set = PropertyChanges {
        set: vec![property.clone()],
        ..PropertyChanges::default()
    };
    store.inbox_properties_change(alice, set).await.unwrap();
    let kept = database.open().inbox(alice).await.unwrap().properties;
    assert_eq!(kept, [property]);
    let remove = PropertyChanges {
        remove: vec![("x".to_owned(), "hours".to_owned())],
        ..PropertyChanges::default()
    };
    store.inbox_properties_change(alice, remove).await.unwrap();
    assert_eq!(store.inbox(alice).await.unwrap().properties, []);
    let nobody = store.inbox(AccountId(99)).await;
    assert!(matches!(nobody, Err(Error::NotFound(_))), "{nobody:?}");
}
