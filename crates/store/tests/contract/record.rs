//! Records to test with.

use store::{
    Account, AccountId, By, CalendarId, Commit, Contact, Expect, Grounds, Hold, Holder, JobKey,
    MailKey, NewAccount, NewDecision, NewJob, NewMail, PutObject, Since, Store,
};

pub(crate) async fn account(store: &impl Store, address: &str) -> Account {
    store.account_add(new_account(address, &[])).await.unwrap()
}

pub(crate) fn new_account(address: &str, aliases: &[&str]) -> NewAccount {
    NewAccount {
        address: address.to_owned(),
        aliases: aliases.iter().map(|&alias| alias.to_owned()).collect(),
        name: "Somebody".to_owned(),
        password: "$argon2id$".to_owned(),
    }
}

pub(crate) async fn default_calendar(store: &impl Store, account: AccountId) -> CalendarId {
    store.calendars(account).await.unwrap().remove(0).id
}

pub(crate) async fn holding(
    store: &impl Store,
    account: AccountId,
    uid: &str,
) -> Option<CalendarId> {
    let grounds = store.filter_grounds(account, Some(uid), None).await;
    grounds.unwrap().holding
}

pub(crate) fn put(calendar: &CalendarId, uid: &str, text: &str) -> PutObject {
    PutObject {
        calendar: calendar.clone(),
        name: format!("{uid}.ics"),
        uid: uid.to_owned(),
        text: text.as_bytes().to_vec(),
        unanswered: true,
        by: By::Owner,
    }
}

/// A commit that writes one object, expecting that nothing changed meanwhile.
pub(crate) async fn writing(
    store: &impl Store,
    account: AccountId,
    calendar: &CalendarId,
    uid: &str,
    text: &str,
) -> Commit {
    let event = store.event(account, uid).await.unwrap();
    let mut commit = Commit::new(account, uid);
    commit.expect = Some(Expect::unchanged(&event));
    commit.put.push(put(calendar, uid, text));
    commit
}

/// A commit that stores `uid-1`, in a calendar of the account, and ends the job `j`, which is in hand, with
/// a decision.
pub(crate) async fn ending(store: &impl Store, account: AccountId) -> Commit {
    let calendar = default_calendar(store, account).await;
    ready(store, account, "j", 5).await;
    take(store, 5, 1).await;
    let mut commit = writing(store, account, &calendar, "uid-1", "text").await;
    commit.decision = Some(decision("j", "eve@example.org", 70));
    commit.job = Some(key(account, "j"));
    commit
}

/// What a message about `uid-1` is decided on.
pub(crate) async fn grounds(
    store: &impl Store,
    account: AccountId,
    sender: &str,
    since: i64,
) -> Grounds {
    let since = Since {
        added: since,
        early: since,
    };
    store
        .grounds(account, "uid-1", sender, since)
        .await
        .unwrap()
}

pub(crate) fn decision(job: &str, sender: &str, decided: i64) -> NewDecision {
    NewDecision {
        job: job.to_owned(),
        method: "REQUEST".to_owned(),
        uid: "uid-1".to_owned(),
        summary: "Lunch".to_owned(),
        message_id: "<1@example.org>".to_owned(),
        outcome: "added".to_owned(),
        reason: "new".to_owned(),
        notes: vec!["unverified".to_owned(), "forwarded-by".to_owned()],
        sender: sender.to_owned(),
        authentication: "none".to_owned(),
        calendar: None,
        name: None,
        before: None,
        after: Some(b"after".to_vec()),
        suggestion: Some(b"kept".to_vec()),
        date: Some(1_772_000_000_000),
        through_list: Some(true),
        delivered_to: "al@example.org".to_owned(),
        received: decided - 1,
        decided,
    }
}

pub(crate) fn key(account: AccountId, id: &str) -> JobKey {
    JobKey {
        account,
        id: id.to_owned(),
    }
}

/// A delivery of the process `p1` of the node `a`.
pub(crate) fn holder(delivery: u64) -> Holder {
    Holder {
        node: "a".to_owned(),
        process: "p1".to_owned(),
        delivery,
    }
}

/// A job that came at `received`, held by the first delivery until 10,000.
pub(crate) fn job(account: AccountId, id: &str, received: i64) -> NewJob {
    NewJob {
        key: key(account, id),
        holder: holder(1),
        lease: 10_000,
        detail: "{}".to_owned(),
        content: b"Subject: hello\r\n\r\n".to_vec(),
        received,
    }
}

/// Holds and releases a job.
pub(crate) async fn ready(store: &impl Store, account: AccountId, id: &str, received: i64) {
    store
        .jobs_hold(vec![job(account, id, received)])
        .await
        .unwrap();
    store
        .jobs_release(vec![(key(account, id), holder(1))])
        .await
        .unwrap();
}

/// The ids of the jobs taken at `now`.
pub(crate) async fn take(store: &impl Store, now: i64, limit: usize) -> Vec<String> {
    let jobs = store.jobs_take(now, limit).await.unwrap();
    jobs.into_iter().map(|job| job.key.id).collect()
}

/// Ends a job with nothing else.
pub(crate) async fn end(store: &impl Store, account: AccountId, id: &str) {
    let mut commit = Commit::new(account, "");
    commit.job = Some(key(account, id));
    store.commit(commit).await.unwrap();
}

pub(crate) fn mail_key(account: AccountId, id: &str) -> MailKey {
    MailKey {
        account,
        id: id.to_owned(),
    }
}

/// A mail that is due at `not_before`.
pub(crate) fn mail(account: AccountId, id: &str, not_before: i64) -> NewMail {
    NewMail {
        key: mail_key(account, id),
        kind: "redirect".to_owned(),
        reverse_path: "from@example.org".to_owned(),
        recipient: "to@example.org".to_owned(),
        message: b"Subject: hello\r\n\r\n".to_vec(),
        not_before,
        expires: not_before + 1000,
        uid: String::new(),
        hold: Hold::None,
    }
}

pub(crate) fn contact(name: &str, addresses: &[&str]) -> Contact {
    Contact {
        name: name.to_owned(),
        uid: String::new(),
        text: format!("BEGIN:VCARD\r\nFN:{name}\r\nEND:VCARD\r\n").into_bytes(),
        addresses: addresses
            .iter()
            .map(|&address| address.to_owned())
            .collect(),
    }
}
