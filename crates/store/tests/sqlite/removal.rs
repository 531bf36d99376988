//! What a removed account leaves: nothing, in whatever table.

use rusqlite::Connection;
use store::{
    AccountId, AppPassword, Collections, Commit, Property, PropertyChanges, StateChange, Store,
};

use crate::File;
use crate::contract::Database;
use crate::contract::record::{
    account, contact, decision, default_calendar, end, mail, mail_key, put, ready, take,
};

/// Every table whose rows belong to an account, and how many rows it has.
fn owned(file: &File) -> Vec<(String, u64)> {
    let connection = Connection::open(file.path()).unwrap();
    let mut tables = connection
        .prepare(
            "SELECT tables.name FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
             WHERE tables.type = 'table' AND columns.name = 'account' ORDER BY 1",
        )
        .unwrap();
    let tables = tables.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let count = |table: String| {
        let statement = format!("SELECT count(*) FROM {table}");
        let rows = connection.query_row(&statement, [], |row| row.get::<_, i64>(0));
        (table, rows.unwrap().unsigned_abs())
    };
    tables.map(|table| count(table.unwrap())).collect()
}

/// Everything that an account can have.
async fn fill(store: &impl Collections, alice: AccountId) {
    let calendar = default_calendar(store, alice).await;
    let mut commit = Commit::new(alice, "uid-1");
    commit.put.push(put(&calendar, "uid-1", "text"));
    commit.state = StateChange::Put("{}".to_owned());
    commit.early = Some(vec![("eve@example.org".to_owned(), 5)]);
    commit.decision = Some(decision("j", "eve@example.org", 70));
    store.commit(commit).await.unwrap();
    let item = format!("{calendar}.uid-1.ics");
    let items = store.event(alice, "uid-1").await.unwrap().objects;
    let dismissing = store.inbox_dismiss(alice, &item, items[0].revision);
    dismissing.await.unwrap();
    let changes = PropertyChanges {
        set: vec![Property {
            namespace: "x".to_owned(),
            name: "hours".to_owned(),
            value: "<hours/>".to_owned(),
        }],
        ..PropertyChanges::default()
    };
    store.inbox_properties_change(alice, changes).await.unwrap();
    let contacts = vec![contact("eve", &["eve@example.org"])];
    store.contacts_put(alice, contacts).await.unwrap();
    store.preferences_set(alice, "{}").await.unwrap();
    store.script_set(alice, Some("keep;")).await.unwrap();
    let password = AppPassword {
        id: "abcd".to_owned(),
        label: "phone".to_owned(),
        hash: "$argon2id$".to_owned(),
        created: 5,
    };
    store.app_password_add(alice, password).await.unwrap();
    for id in ["sent", "waiting"] {
        store.mails_add(vec![mail(alice, id, 0)]).await.unwrap();
    }
    store.mail_sent(&mail_key(alice, "sent")).await.unwrap();
    ready(store, alice, "done", 0).await;
    take(store, 0, 1).await;
    end(store, alice, "done").await;
    ready(store, alice, "waiting", 0).await;
    // Brings it from the journal into the tables.
    assert_eq!(store.queue().await.unwrap().len(), 2);
}

#[tokio::test]
async fn nothing_is_left_in_any_table() {
    let file = File::new();
    let store = file.open();
    let alice = account(&store, "alice@example.com").await.id;
    fill(&store, alice).await;
    let before = owned(&file);
    assert!(before.iter().all(|(_, rows)| *rows > 0), "{before:?}");
    store.account_remove(alice).await.unwrap();
    let after = owned(&file);
    assert_eq!(after.len(), before.len());
    assert!(after.iter().all(|(_, rows)| *rows == 0), "{after:?}");
}

#[tokio::test]
async fn what_another_process_removed_leaves_no_job_in_the_journal() {
    let file = File::new();
    let store = file.open();
    let alice = account(&store, "alice@example.com").await.id;
    for id in ["first", "second"] {
        ready(&store, alice, id, 0).await;
    }
    let taken = store.jobs_take(0, 1).await.unwrap();
    file.open().account_remove(alice).await.unwrap();
    store.job_park(&taken[0].key, "", None).await.unwrap();
    assert_eq!(store.queue().await.unwrap(), []);
    assert_eq!(take(&store, 0, 9).await, [""; 0]);
    assert!(owned(&file).iter().all(|(_, rows)| *rows == 0));
}
