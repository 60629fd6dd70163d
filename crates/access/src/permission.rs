//! The permission catalogue: every permission once, with its sentence, group, verb and possible reaches.
//!
//! Everything that lists permissions (menus, matrix, OpenAPI, documentation, sweeps) is made from this table.

use crate::reach::{Reach, Reaches};

/// The section of the role matrix that a permission belongs to (CLY-01).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Workspace settings, integrations, API tokens and the audit log.
    Settings,
    /// People.
    Agent,
    /// Roles, explanations, reviews and access requests.
    Role,
    /// Departments.
    Department,
    /// Branches.
    Branch,
    /// Numbers, extensions, queues and greetings.
    Number,
    /// Calls in progress, placing and receiving them, voicemail.
    Call,
    /// Call log, recordings, statistics and reports.
    Reports,
    /// Messages, contacts and leads.
    Management,
    /// Tasks.
    Task,
    /// Dialling campaigns.
    Campaign,
    /// Workflows.
    Workflow,
    /// Subscription, payment, licences and wallet.
    Billing,
}

impl Group {
    /// Every group, in the order in which the matrix shows them.
    pub const ALL: [Group; 13] = [
        Group::Settings,
        Group::Agent,
        Group::Role,
        Group::Department,
        Group::Branch,
        Group::Number,
        Group::Call,
        Group::Reports,
        Group::Management,
        Group::Task,
        Group::Campaign,
        Group::Workflow,
        Group::Billing,
    ];

    /// The heading that people read.
    pub const fn label(self) -> &'static str {
        match self {
            Group::Settings => "Settings",
            Group::Agent => "People",
            Group::Role => "Roles",
            Group::Department => "Departments",
            Group::Branch => "Branches",
            Group::Number => "Numbers",
            Group::Call => "Calls",
            Group::Reports => "Reports",
            Group::Management => "Messages and customers",
            Group::Task => "Tasks",
            Group::Campaign => "Campaigns",
            Group::Workflow => "Workflows",
            Group::Billing => "Billing",
        }
    }
}

/// The column of the role matrix that a permission belongs to (CLY-01).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// Looks, changes nothing.
    Read,
    /// Creates or changes.
    Write,
    /// Removes for good.
    Delete,
}

impl Verb {
    /// Every verb, in column order.
    pub const ALL: [Verb; 3] = [Verb::Read, Verb::Write, Verb::Delete];

    /// The heading that people read.
    pub const fn label(self) -> &'static str {
        match self {
            Verb::Read => "Read",
            Verb::Write => "Write",
            Verb::Delete => "Delete",
        }
    }
}

/// Which of a user's grants count for a permission with the reach `assigned`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantUse {
    /// Acting: only grants with the right to use (placing calls, sending messages).
    Use,
    /// Looking: only grants with the right to observe (call log, statistics, recordings).
    Observe,
    /// The thing itself: any grant shows it (numbers, extensions, queues).
    Either,
}

/// What the catalogue says of one permission.
#[derive(Debug)]
pub struct Entry {
    /// `resource:action`, the name that every face uses.
    pub name: &'static str,
    /// A sentence fragment for people: "listen to recordings".
    pub meaning: &'static str,
    /// The reaches that the permission can have.
    pub reaches: Reaches,
    /// The matrix section.
    pub group: Group,
    /// The matrix column.
    pub verb: Verb,
    /// Spends money, destroys, exposes people or hands out power: asked twice before it is given.
    pub risky: bool,
}

/// A typed permission, so that a proof for one permission is of no use where another is needed.
/// The types live in [`can`], one for each permission.
pub trait Right: Send + Sync + 'static {
    /// The permission that the type stands for.
    const PERMISSION: Permission;
}

macro_rules! permissions {
    ($($variant:ident $name:literal [$($reach:ident)+] $group:ident $verb:ident $risk:ident $meaning:literal;)+) => {
        /// One right to do one thing, written `resource:action`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Permission {
            $(#[doc = $meaning] $variant,)+
        }

        /// One type for each permission, to carry it in signatures: `Permit<can::UserUpdate>`.
        pub mod can {
            $(
                #[doc = concat!("`", $name, "`: ", $meaning, ".")]
                #[derive(Debug, Clone, Copy)]
                pub enum $variant {}
                impl super::Right for $variant {
                    const PERMISSION: super::Permission = super::Permission::$variant;
                }
            )+
        }

        impl Permission {
            /// Every permission, in catalogue order.
            pub const ALL: &'static [Permission] = &[$(Permission::$variant),+];

            /// What the catalogue says of this permission.
            pub const fn entry(self) -> &'static Entry {
                match self {
                    $(Permission::$variant => {
                        const ENTRY: Entry = Entry {
                            name: $name,
                            meaning: $meaning,
                            reaches: Reaches::of(&[$(Reach::$reach),+]),
                            group: Group::$group,
                            verb: Verb::$verb,
                            risky: permissions!(@risk $risk),
                        };
                        &ENTRY
                    })+
                }
            }

            /// The permission of that name, if there is one.
            pub fn from_name(name: &str) -> Option<Permission> {
                match name {
                    $($name => Some(Permission::$variant),)+
                    _ => None,
                }
            }
        }
    };
    (@risk risky) => { true };
    (@risk plain) => { false };
}

permissions! {
    WorkspaceRename "workspace:rename" [All] Settings Write plain "change the workspace's name";
    WorkspaceTransfer "workspace:transfer" [All] Settings Write risky "hand ownership to an Admin (Owner only, in no other role, cannot be granted)";
    WorkspaceDelete "workspace:delete" [All] Settings Delete risky "close the workspace for good (Owner, or last-resort admin where a preset has no Owner)";
    SettingsRead "settings:read" [All] Settings Read plain "see workspace settings";
    SettingsUpdate "settings:update" [All] Settings Write risky "change workspace settings (time zone, language default, PIN length, sign-in rules)";
    AutoRecordUpdate "auto_record:update" [All] Settings Write plain "switch automatic call recording on or off";
    DirectoryRead "directory:read" [All] Agent Read plain "see colleagues' names, extensions and presence";
    UserRead "user:read" [Own Team All] Agent Read plain "see user records";
    UserInvite "user:invite" [Team All] Agent Write plain "add and invite users";
    UserUpdate "user:update" [Team All] Agent Write plain "edit user records";
    UserDelete "user:delete" [Team All] Agent Delete risky "delete users";
    UserBan "user:ban" [Team All] Agent Write risky "ban and unban users";
    UserResetCredentials "user:reset_credentials" [Team All] Agent Write risky "reset passwords, PINs, second factors";
    UserAssignRole "user:assign_role" [Team All] Agent Write risky "give users a role";
    UserSetAccess "user:set_access" [Team All] Agent Write risky "set toggles, grants, led units and temporary access of users";
    ProfileUpdate "profile:update" [Own] Agent Write plain "edit one's own profile, language and sign-in methods";
    RoleRead "role:read" [All] Role Read plain "see roles and what they hold";
    RoleWrite "role:write" [All] Role Write risky "create, clone and edit custom roles";
    RoleDelete "role:delete" [All] Role Delete risky "delete custom roles";
    DepartmentRead "department:read" [All] Department Read plain "see departments";
    DepartmentWrite "department:write" [All] Department Write plain "create and edit departments";
    DepartmentDelete "department:delete" [All] Department Delete plain "delete departments";
    BranchRead "branch:read" [All] Branch Read plain "see branches";
    BranchWrite "branch:write" [All] Branch Write plain "create and edit branches";
    BranchDelete "branch:delete" [All] Branch Delete plain "delete branches";
    NumberRead "number:read" [Assigned Team All] Number Read plain "see phone numbers";
    NumberPurchase "number:purchase" [All] Number Write risky "buy a number from the inventory";
    NumberPort "number:port" [All] Number Write plain "port an existing number in";
    NumberAssign "number:assign" [Team All] Number Write plain "assign, unassign and reassign numbers";
    NumberUpdate "number:update" [Team All] Number Write plain "label and route numbers";
    NumberRelease "number:release" [All] Number Delete risky "delete numbers";
    ExtensionRead "extension:read" [Own Assigned Team All] Number Read plain "see extensions";
    ExtensionWrite "extension:write" [All] Number Write plain "create and edit extensions and their call handling";
    ExtensionDelete "extension:delete" [All] Number Delete risky "delete extensions";
    QueueRead "queue:read" [Assigned Team All] Number Read plain "see queues";
    QueueJoin "queue:join" [Assigned] Number Write plain "log in and out of queues as an agent";
    QueueWrite "queue:write" [All] Number Write plain "create and edit queues";
    QueueDelete "queue:delete" [All] Number Delete risky "delete queues";
    GreetingRead "greeting:read" [All] Number Read plain "see greetings (IVR)";
    GreetingWrite "greeting:write" [All] Number Write plain "set up greetings (IVR)";
    CallPlace "call:place" [Own] Call Write plain "place calls";
    CallReceive "call:receive" [Own] Call Read plain "receive calls";
    CallInternational "call:international" [Own] Call Write risky "place calls abroad";
    LiveCallRead "live_call:read" [Assigned Team All] Call Read plain "see calls in progress";
    LiveCallListen "live_call:listen" [Assigned Team All] Call Read risky "listen to a call in progress";
    LiveCallWhisper "live_call:whisper" [Assigned Team All] Call Write plain "speak to the agent alone";
    LiveCallBarge "live_call:barge" [Assigned Team All] Call Write risky "join a call in progress";
    CallRecordRead "call_record:read" [Own Assigned Team All] Reports Read plain "see the call log";
    CallRecordExport "call_record:export" [Own Assigned Team All] Reports Read risky "export the call log";
    CallRecordUnmask "call_record:unmask" [Own Assigned Team All] Reports Read risky "see outside phone numbers in full";
    CallTagRead "call_tag:read" [All] Reports Read plain "see call tags";
    CallTagWrite "call_tag:write" [All] Reports Write plain "create, edit and set call tags";
    RecordingListen "recording:listen" [Own Assigned Team All] Reports Read plain "listen to recordings";
    RecordingDownload "recording:download" [Own Assigned Team All] Reports Read risky "download recordings";
    RecordingUpdate "recording:update" [Own Assigned Team All] Reports Write plain "modify a recording";
    RecordingDelete "recording:delete" [Own Assigned Team All] Reports Delete risky "delete a recording";
    VoicemailRead "voicemail:read" [Own Assigned Team All] Call Read plain "listen to voicemail";
    VoicemailDelete "voicemail:delete" [Own Assigned Team All] Call Delete plain "delete voicemail";
    StatisticRead "statistic:read" [Own Assigned Team All] Reports Read plain "see statistics";
    HeatmapRead "heatmap:read" [Own Assigned Team All] Reports Read plain "see the heatmap";
    WallboardRead "wallboard:read" [Assigned Team All] Reports Read plain "see the live wallboard";
    ReportRead "report:read" [Assigned Team All] Reports Read plain "see saved and scheduled reports";
    ReportWrite "report:write" [All] Reports Write plain "create and schedule (email) reports";
    ReportDelete "report:delete" [All] Reports Delete risky "delete reports";
    MessageRead "message:read" [Own Assigned Team All] Management Read plain "read SMS and MMS conversations";
    MessageSend "message:send" [Own Assigned] Management Write plain "send SMS and MMS";
    ContactRead "contact:read" [Own Assigned Team All] Management Read plain "see contacts, notes and tags";
    ContactWrite "contact:write" [Own Assigned Team All] Management Write plain "create and edit contacts, notes and tags";
    ContactDelete "contact:delete" [Own Assigned Team All] Management Delete risky "delete contacts";
    LeadRead "lead:read" [Own Team All] Management Read plain "see leads and customers";
    LeadWrite "lead:write" [Own Team All] Management Write plain "create and edit leads, import them";
    LeadAssign "lead:assign" [Team All] Management Write plain "assign leads to agents";
    LeadDelete "lead:delete" [Own Team All] Management Delete risky "delete leads";
    TaskRead "task:read" [Own Team All] Task Read plain "see tasks";
    TaskWrite "task:write" [Own Team All] Task Write plain "create and edit tasks";
    TaskDelete "task:delete" [Own Team All] Task Delete plain "delete tasks";
    CampaignRead "campaign:read" [Own Team All] Campaign Read plain "see campaigns";
    CampaignJoin "campaign:join" [Own] Campaign Read plain "dial in a campaign that one is assigned to";
    CampaignWrite "campaign:write" [Team All] Campaign Write plain "create, edit, run and staff campaigns";
    CampaignDelete "campaign:delete" [Team All] Campaign Delete plain "delete campaigns";
    WorkflowRead "workflow:read" [All] Workflow Read plain "see workflows";
    WorkflowWrite "workflow:write" [All] Workflow Write plain "create and edit workflows";
    WorkflowDelete "workflow:delete" [All] Workflow Delete plain "delete workflows";
    BillingRead "billing:read" [All] Billing Read plain "see subscription, invoices and usage";
    BillingUpdate "billing:update" [All] Billing Write plain "edit billing details";
    BillingCommit "billing:commit" [All] Billing Write risky "change plan, seats, commitment, frequency";
    PaymentMethodRead "payment_method:read" [All] Billing Read plain "see payment methods";
    PaymentMethodUpdate "payment_method:update" [All] Billing Write risky "change payment methods";
    LicenseRead "license:read" [All] Billing Read plain "see licences and credits";
    LicenseUpdate "license:update" [All] Billing Write risky "add, change and reduce licences and credits";
    WalletRead "wallet:read" [All] Billing Read plain "see the wallet's balance and entries";
    WalletLoad "wallet:load" [All] Billing Write risky "add funds";
    WalletAlert "wallet:alert" [All] Billing Write plain "set the low-balance alert";
    WalletRecharge "wallet:recharge" [All] Billing Write risky "set auto-recharge";
    IntegrationRead "integration:read" [All] Settings Read plain "see integrations and webhooks";
    IntegrationWrite "integration:write" [All] Settings Write plain "set up integrations and webhooks";
    ApiTokenRead "api_token:read" [All] Settings Read plain "see API tokens";
    ApiTokenWrite "api_token:write" [All] Settings Write risky "create and revoke API tokens";
    AuditRead "audit:read" [All] Settings Read plain "see the audit log";
    AuditExport "audit:export" [All] Settings Read risky "export and verify the audit log";
    AccessExplain "access:explain" [Own Team All] Role Read plain "ask why, who and what";
    AccessReview "access:review" [All] Role Write plain "run access reviews";
    AccessRequestCreate "access_request:create" [Own] Role Write plain "ask for access";
    AccessRequestDecide "access_request:decide" [Team All] Role Write risky "grant or decline requests";
}

impl Permission {
    /// `resource:action`.
    pub const fn name(self) -> &'static str {
        self.entry().name
    }

    /// The half of the name before the colon: the AuthZEN resource type.
    pub fn resource(self) -> &'static str {
        self.name().split_once(':').map_or("", |(resource, _)| resource)
    }

    /// The half of the name after the colon: the AuthZEN action name.
    pub fn action(self) -> &'static str {
        self.name().split_once(':').map_or("", |(_, action)| action)
    }

    /// The bit of this permission in a [`crate::PermissionSet`].
    pub const fn bit(self) -> u128 {
        1 << self as u8
    }

    /// Whether the permission concerns rows; one that does not is simply on or off.
    pub fn concerns_rows(self) -> bool {
        self.entry().reaches != Reaches::of(&[Reach::All])
    }

    /// The permission without which this one is of no use, if any: one cannot change what one cannot see.
    pub fn requires(self) -> Option<Permission> {
        let see = match self.resource() {
            "recording" => Permission::CallRecordRead,
            "workspace" | "auto_record" => return None,
            resource => {
                Permission::ALL.iter().copied().find(|p| p.resource() == resource && p.action() == "read")?
            }
        };
        (see != self).then_some(see)
    }

    /// Whether the permission can be put into a role, toggle, grant or token at all (CAL-18: ownership cannot).
    pub const fn can_be_given(self) -> bool {
        !matches!(self, Permission::WorkspaceTransfer)
    }

    /// Which grants count for this permission.
    #[inline]
    pub const fn grant_use(self) -> GrantUse {
        use Permission as P;
        match self {
            P::QueueJoin | P::CallPlace | P::CallReceive | P::CallInternational => GrantUse::Use,
            P::MessageRead | P::MessageSend => GrantUse::Use,
            P::NumberRead | P::ExtensionRead | P::QueueRead => GrantUse::Either,
            _ => GrantUse::Observe,
        }
    }
}

impl std::fmt::Display for Permission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl serde::Serialize for Permission {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> serde::Deserialize<'de> for Permission {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Permission::from_name(&name)
            .ok_or_else(|| serde::de::Error::custom(format!("`{name}` is not a permission")))
    }
}
