//! What every [`Store`] promises: one function for each promise, run over any database by
//! `contract!`.

pub(crate) mod account;
pub(crate) mod calendar;
pub(crate) mod collection;
pub(crate) mod commit;
pub(crate) mod decision;
pub(crate) mod grounds;
pub(crate) mod held;
pub(crate) mod inbox;
pub(crate) mod job;
pub(crate) mod mail;
pub(crate) mod member;
pub(crate) mod queue;
pub(crate) mod record;

use store::Collections;

/// A fresh database, which several processes may open at once.
pub(crate) trait Database: Send + Sync {
    /// What opens it.
    type Store: Collections;
    /// Opens it as one more process.
    fn open(&self) -> Self::Store;
}

/// One test for each promise; `$database` makes a fresh [`Database`].
macro_rules! contract {
    ($database:expr) => {
        crate::contract::contract!($database;
            account: has_its_addresses_and_a_default_calendar, is_found_in_any_spelling,
                is_alone_with_its_addresses, takes_everything_with_it, changes_its_password,
                must_be_there_to_be_written_to;
            calendar: keeps_any_text, has_a_fresh_opaque_id, has_one_default,
                keeps_contacts_by_name, finds_contacts_by_address, keeps_settings,
                is_its_account_s_alone;
            collection: has_one_name_in_paths, keeps_properties_and_drops_them_with_their_owner,
                goes_by_another_name, is_copied_whole_or_not_at_all,
                refuses_cards_that_are_in_the_way, makes_contacts_of_the_cards_of_all_books,
                counts_what_is_used, keeps_app_passwords, has_the_default_calendar_that_was_chosen;
            commit: writes_everything_at_once, writes_nothing_when_refused,
                is_refused_when_an_object_moved, is_refused_when_the_state_moved, concerns_a_further_uid,
                loses_nothing_among_many, numbers_every_change, shows_deletions, moves_an_object,
                goes_to_the_default_when_the_calendar_is_gone, spares_what_has_the_name_already,
                refuses_a_name_with_another_uid;
            decision: finds_the_mail_of_an_invitation, records_one_decision_for_a_job,
                is_done_once_for_a_job, keeps_what_a_decision_wrote,
                ends_a_job_whose_failure_was_recorded, replaces_the_record_of_a_failure,
                is_refused_when_its_job_was_dropped;
            grounds: counts_for_caps, gives_its_grounds_in_one_read, replaces_what_came_early,
                forgets_what_came_early_after_ninety_days, forgets_a_state_with_what_came_early;
            held: is_shown_while_it_waits, is_taken_back_by_a_commit,
                is_not_taken_back_when_it_is_being_sent, waits_for_a_word_when_there_are_many,
                counts_what_comes_at_once, says_whether_a_calendar_invites, remembers_the_last_text;
            inbox: holds_what_waits_for_an_answer, tells_what_came_and_went, is_synced_in_pages,
                forgets_a_dismissal_when_its_organizer_speaks_again, dismisses_what_was_seen_alone,
                stays_dismissed_when_its_object_moves, loses_what_goes_with_its_calendar,
                keeps_properties;
            job: is_held_joined_and_done, is_taken_once_released, comes_oldest_first,
                is_alone_in_its_account, gives_every_account_its_turn, does_not_block_when_it_waits,
                goes_with_its_only_hold, stays_for_others_when_refused, keeps_every_distinct_detail,
                is_released_for_a_dead_process, is_released_after_its_lease,
                is_given_back_by_a_restart, is_given_back_by_a_caller_that_has_gone,
                is_forgotten_after_thirty_days, wakes_who_waits, wakes_who_was_not_waiting_yet,
                wakes_another_process;
            mail: is_written_once, is_taken_when_due, is_tried_again, is_not_sent_twice,
                waits_when_parked, of_one_event_goes_in_order;
            member: tells_members_by_name_page_and_uid, shows_a_place_with_what_is_held_of_a_uid,
                takes_along_what_is_kept_beside_a_member, finds_objects_in_a_window,
                pages_what_changed, pages_what_was_deleted_twice, keeps_the_schedule_tag;
            queue: shows_all_that_is_not_done, makes_due, drops_what_nobody_works_on,
                records_what_is_dropped, says_when_something_becomes_due, is_due_for_its_own_worker,
                is_due_again_when_the_clock_was_set_back;
        );
    };
    ($database:expr; $($area:ident: $($promise:ident),*;)*) => {$(
        mod $area {
            use super::*;
            $(
                #[tokio::test]
                async fn $promise() {
                    crate::contract::$area::$promise(&$database).await;
                }
            )*
        }
    )*};
}
pub(crate) use contract;
