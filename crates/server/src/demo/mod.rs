//! The demo: five made-up companies, one for each preset, all made by the program itself.
//!
//! Each company is created and then furnished in one change, so an interrupted start leaves it untouched or
//! complete, and the next start goes on. Every choice comes from a fixed seed; only the present moment differs.

mod access_settings;
mod calls;
mod company;
pub mod confines;
mod people;
mod phone;
mod sound;

use std::path::Path;
use std::time::Instant;

use access::{Id, Permit, Preset, Thing, can, limits};
use acts::entry::sign_in::DEMO_PASSWORD;
use acts::kernel::secrets::Turn;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use store::calls::calls::NewCall;
use store::calls::recordings::NewRecording;
use store::change::audit::Act;
use store::change::workspaces::WorkspaceSettings;
use store::office::workspaces::NewWorkspace;
use store::{Author, Change, Store};

use crate::{Error, private};
use company::{COMPANIES, Company};
use sound::Talk;
use web::{Server, recordings};

/// How many calls of each company are recorded.
const RECORDINGS: usize = 28;

/// The companies whose subscription counts seats and licences, and how many of each are free.
const COUNTED: [&str; 2] = ["calliyo", "onoff"];
const FREE: u32 = 3;

/// A workspace's version when it was created and nothing has happened in it since.
const JUST_CREATED: i64 = 2;

/// Makes the companies that are not there, unless the database has workspaces of somebody's own.
pub async fn make(server: &Server) -> Result<(), Error> {
    let store = &server.app.store;
    if store.workspaces().await?.iter().any(|workspace| !workspace.is_demo) {
        return Ok(());
    }
    for company in &COMPANIES {
        let mut rng = StdRng::seed_from_u64(company.seed);
        let names = people::names(&mut rng);
        if let Some((workspace, owner)) = found(store, company, &names).await? {
            let began = Instant::now();
            let made = furnish(server, company, workspace, owner, &names, rng).await?;
            println!(
                "Made {}: {} people, {} calls, {} recordings ({:.1} s).",
                company.name,
                made.people,
                made.calls,
                made.recordings,
                began.elapsed().as_secs_f64()
            );
        }
    }
    Ok(())
}

/// What was made of a company.
struct Made {
    people: usize,
    calls: u64,
    recordings: usize,
}

/// Creates a company, or finds it where an interrupted start left it; its id and its first user's, or nothing
/// where it is complete.
async fn found(store: &Store, company: &Company, names: &[String]) -> Result<Option<(i64, Id)>, Error> {
    if let Some(workspace) = store.workspace_by_slug(company.slug).await? {
        let snapshot = store.snapshot(workspace.id).await?;
        let model = snapshot.model();
        let owner = model.users.keys().next().filter(|_| model.version <= JUST_CREATED);
        return Ok(owner.map(|owner| (workspace.id, *owner)));
    }
    let name = names.first().map_or("Owner", String::as_str);
    let new = NewWorkspace {
        slug: company.slug,
        name: company.name,
        preset: Preset::by_key(company.slug).ok_or_else(|| format!("there is no preset {}", company.slug))?,
        time_zone: company.time_zone,
        country_code: company.country_code,
        is_demo: true,
        owner_name: name,
        owner_email: &people::email(name, company.domain),
        owner_password: None,
        seats: None,
        licences: None,
    };
    Ok(Some(store.create_workspace(&new, &Author::operator()).await?))
}

/// Fills a company with people, telephones, settings and calls, in one change.
async fn furnish(
    server: &Server,
    company: &'static Company,
    workspace: i64,
    owner: Id,
    names: &[String],
    mut rng: StdRng,
) -> Result<Made, Error> {
    let password = server.app.passwords.hash(DEMO_PASSWORD, Turn::SignedIn(0)).await?;
    let permit = Permit::<can::UserInvite>::operator(workspace, Thing::WORKSPACE);
    let (mut change, _) = server.app.store.begin(&permit, &Author::operator()).await?;
    let units = people::open_units(&mut change, company).await?;
    let staff = people::hire(&mut change, company, &units, owner, names, &mut rng).await?;
    for person in &staff {
        change.set_password(person.id, &password).await?;
    }
    let phones = phone::connect(&mut change, company, &units, &staff).await?;
    access_settings::set(&mut change, company, &staff).await?;
    if COUNTED.contains(&company.slug) {
        buy(&mut change).await?;
    }
    let now = change.now();
    let folder = server.config.recordings(workspace);
    let calls = tokio::task::spawn_blocking(move || {
        let mut calls = calls::make(company, &phones, now, rng);
        record(&mut calls, &folder, company.seed)?;
        Ok::<_, Error>(calls)
    });
    let calls = calls.await??;
    let made = Made {
        people: staff.len(),
        recordings: calls.iter().filter(|call| call.recording.is_some()).count(),
        calls: change.add_calls(&calls).await?,
    };
    let detail =
        serde_json::json!({ "people": made.people, "calls": made.calls, "recordings": made.recordings });
    change.record(Act::done("demo:create", "workspace", 0, company.name).with(detail));
    change.commit().await?;
    Ok(made)
}

/// Buys as many seats and licences as are used, and a few more.
async fn buy(change: &mut Change<'_>) -> Result<(), Error> {
    let after = change.after().await?;
    let seats = Some(limits::seats_used(after.model()) + FREE);
    let licences = Some(limits::licences_used(after.model(), after.at()) + FREE);
    Ok(change
        .update_workspace(&WorkspaceSettings { seats, licences, ..WorkspaceSettings::default() })
        .await?)
}

/// Records some of the short talks, the latest more often than older ones.
fn record(calls: &mut [NewCall], folder: &Path, seed: u64) -> Result<(), Error> {
    private::make_folder(folder)
        .map_err(|e| format!("cannot make the recordings folder {}: {e}", folder.display()))?;
    let short =
        calls.iter_mut().rev().filter(|c| c.outcome == "answered" && (8..=32).contains(&c.talk_seconds));
    let mut left = RECORDINGS;
    for (nth, call) in short.enumerate() {
        // Every third, so that not only the last afternoon was recorded.
        if left == 0 || nth % 3 != 0 {
            continue;
        }
        left -= 1;
        let file = format!("{}.wav", call.unique_id);
        let path = folder.join(&file);
        let seconds = u32::try_from(call.talk_seconds).unwrap_or_default();
        sound::write(Talk { seed: seed + nth as u64, seconds, stereo: left.is_multiple_of(3) }, &path)
            .map_err(|e| format!("cannot write the recording {}: {e}", path.display()))?;
        let digest = std::fs::File::open(&path).and_then(|mut sound| recordings::digest(&mut sound));
        let digest = digest.map_err(|e| format!("cannot read the recording {}: {e}", path.display()))?;
        call.recording = Some(NewRecording { file, digest });
    }
    Ok(())
}
