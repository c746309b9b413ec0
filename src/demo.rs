//! The demonstration: a shared domain on loopback, with everybody who takes part in it.
//!
//! The gateway runs between a stand-in for Exchange Online, one for Notes and a smart host, with certificates made on
//! the spot and fifty invented people. A play of some twenty scenes is performed through it. What must come of each
//! scene is written down beforehand and compared with what three witnesses saw: the client heard a reply, a stand-in
//! holds the message or does not, and the gateway said why in its event. A scene is right only if all three agree.

mod cast;
mod configuration;
mod dialog;
mod house;
mod letter;
mod play;
mod review;
mod scene;
mod stage;
mod table;

use std::time::Duration;

use tokio::sync::{mpsc, watch};

pub use configuration::TENANT;
pub use review::{Review, Row};
pub use stage::{Stage, StageError};
pub use table::{Table, event_line};

/// The whole play takes a few seconds; what takes longer than this hangs.
pub const TIME: Duration = Duration::from_secs(60);

/// Sets the stage and performs the play. Each scene's review goes to `reviews` as soon as it is over; `doing` always
/// says what is being waited for. The stage is handed back as the play left it.
pub async fn perform(
    reviews: mpsc::UnboundedSender<Review>,
    doing: watch::Sender<String>,
) -> Result<Stage, StageError> {
    doing.send_replace("the gateway and the stand-ins to start".to_owned());
    let mut stage = Stage::set().await?;
    for (number, scene) in (1..).zip(play::scenes()) {
        doing.send_replace(format!(
            "message {number}, {}, to come to its end",
            scene.what
        ));
        if reviews.send(stage.perform(number, scene).await).is_err() {
            break; // nobody looks any more
        }
    }
    doing.send_replace("the end".to_owned());
    Ok(stage)
}
