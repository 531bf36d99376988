//! The job of a mail before the mail: for whoever keeps the mail until its outcome is known (rule F5).

use std::sync::Arc;

use store::JobKey;

use super::Receive;
use crate::intake::{Envelope, Recipient, Refusal};
use crate::spool::Message;

impl Receive {
    /// Makes the mail's job for one recipient ready; its key, `None` when the mail has none.
    ///
    /// The caller keeps the mail safe, and brings it later or knows that it need not: the job is done
    /// then, and not made a second time.
    pub(crate) async fn apply_first(
        &self,
        envelope: &Envelope,
        recipient: &Recipient,
        message: &Arc<Message>,
    ) -> Result<Option<JobKey>, Refusal> {
        let holder = self.holder();
        let examined = self.examine(message, envelope.writer.as_deref());
        let plan = self
            .plan(envelope, recipient, message, examined.as_ref(), &holder)
            .await?;
        let Some(key) = plan.job.clone() else {
            return Ok(None);
        };
        let mut plans = [Ok(plan)];
        self.hold(message, &holder, &mut plans).await;
        let [plan] = plans;
        self.settle(&holder, &[(plan?.job, Ok(()))]).await;
        Ok(Some(key))
    }
}
