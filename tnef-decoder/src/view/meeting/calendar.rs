//! A meeting as an iTIP message (RFC 5546 §3.2).

use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use super::{Answer, Instance, Meeting, Request};
use crate::calendar::{AppointmentRecurrence, Clock, NoRule, Override, TimeZone};
use crate::icalendar::{
    Alarm, Attendee, BusyStatus, Calendar, Event, Item, Method, Moment, Participation, Profile,
    Role, Status, UserKind,
};

impl Meeting {
    /// The calendar for a reader; `None` where nothing says when it is.
    pub fn calendar(&self, profile: Profile) -> Option<Calendar> {
        let zone = self.zone();
        let clock = match (self.is_all_day, &zone) {
            (true, _) => Clock::Days,
            (false, Some(zone)) => Clock::Zone(zone),
            (false, None) => Clock::Utc,
        };
        let events = match &self.recurrence {
            Some(recurrence) if !self.is_answer() => self.series(recurrence, clock, profile),
            _ => vec![self.single(clock)?],
        };
        let time_zones = match clock {
            Clock::Zone(zone) => {
                let (first, last) = self.years()?;
                vec![zone.to_vtimezone(first, last)]
            }
            Clock::Days | Clock::Utc => Vec::new(),
        };
        Some(Calendar {
            method: self.method(),
            profile,
            time_zones,
            events,
            todos: Vec::new(),
        })
    }

    /// What its reader is asked to do.
    pub fn method(&self) -> Method {
        match &self.request {
            Request::Appointment => Method::Publish,
            Request::Invitation => Method::Request,
            Request::Cancellation => Method::Cancel,
            Request::Answer(Answer {
                proposed: Some(_), ..
            }) => Method::Counter,
            Request::Answer(_) => Method::Reply,
        }
    }

    /// Why its days are listed, or lost, instead of a rule; `None`: there is a rule, or nothing repeats.
    pub fn no_rule(&self, profile: Profile) -> Option<NoRule> {
        let recurrence = self.recurrence.as_ref()?;
        recurrence.series(Clock::Utc, profile).no_rule
    }

    fn is_answer(&self) -> bool {
        matches!(self.request, Request::Answer(_))
    }

    /// A series without a zone is told by the clock its first instance shows: a rule in UTC could name other weekdays.
    fn zone(&self) -> Option<TimeZone> {
        let fixed = || {
            let recurrence = self.recurrence.as_ref()?;
            let local = recurrence.local_start(recurrence.first());
            let utc = Offset::UTC.to_datetime(self.start?);
            let ahead = local.duration_since(utc).as_secs();
            TimeZone::fixed(Offset::from_seconds(i32::try_from(ahead).ok()?).ok()?)
        };
        self.time_zone.clone().or_else(fixed)
    }

    /// The years its zone is needed for.
    fn years(&self) -> Option<(i16, Option<i16>)> {
        let year = |at: Timestamp| Offset::UTC.to_datetime(at).year();
        let first = match &self.recurrence {
            Some(recurrence) => recurrence.first().year(),
            None => year(self.start?),
        };
        let last = match &self.recurrence {
            Some(_) => None,
            None => Some(year(self.end.or(self.start)?)),
        };
        Some((first, last))
    }

    fn single(&self, clock: Clock<'_>) -> Option<Event> {
        let proposed = match &self.request {
            Request::Answer(answer) => answer.proposed,
            _ => None,
        };
        let [start, end] = match proposed {
            Some(proposed) => proposed,
            None => [self.start?, self.end.or(self.start)?],
        };
        let local = |at| self.local(at, clock);
        let mut item = self.item();
        item.recurrence_id = self.recurrence_id(clock);
        let [start, end] = clock.bounds(local(start), local(end.max(start)));
        Some(Event {
            item,
            start,
            end: Some(end),
            busy_status: self.busy_status,
        })
    }

    fn series(
        &self,
        recurrence: &AppointmentRecurrence,
        clock: Clock<'_>,
        profile: Profile,
    ) -> Vec<Event> {
        let series = recurrence.series(clock, profile);
        let mut item = self.item();
        item.recurrence = series.recurrence;
        let whole = Event {
            item,
            start: series.start,
            end: Some(series.end),
            busy_status: self.busy_status,
        };
        let changed = series
            .overrides
            .into_iter()
            .map(|one| self.changed(one, clock));
        std::iter::once(whole).chain(changed).collect()
    }

    fn changed(&self, one: Override, clock: Clock<'_>) -> Event {
        let exception = one.exception;
        let mut item = self.item();
        let mut bodies = self.changed_bodies.iter();
        let body = bodies.find(|(at, _)| clock.moment(self.local(*at, clock)) == one.recurrence_id);
        if let Some((_, body)) = body {
            item.description = Some(body.clone());
        }
        item.recurrence_id = Some(one.recurrence_id);
        if let Some(subject) = exception.wide_subject {
            item.summary = subject;
        }
        if let Some(location) = exception.wide_location {
            item.location = Some(location);
        }
        item.alarm = match (exception.has_reminder, exception.reminder_minutes) {
            (Some(false), _) => None,
            (_, Some(minutes)) => Some(Alarm::Before { minutes }),
            (_, None) => item.alarm,
        };
        Event {
            item,
            start: one.start,
            end: Some(one.end),
            busy_status: exception
                .busy_status
                .map_or(self.busy_status, BusyStatus::of),
        }
    }

    fn item(&self) -> Item {
        let stamp = self.stamp.unwrap_or(Timestamp::UNIX_EPOCH);
        let mut item = Item::new(self.uid.as_str(), stamp, &self.subject);
        item.sequence = self.sequence;
        item.location = self.location.clone();
        item.categories = self.categories.clone();
        item.classification = self.classification;
        item.priority = self.priority;
        item.organizer = self.organizer.clone();
        match &self.request {
            Request::Answer(answer) => {
                item.comment = self.body.clone();
                item.attendees = vec![answer.attendee()];
            }
            Request::Cancellation => {
                item.description = self.body.clone();
                item.attendees = self.attendees.clone();
                item.status = Some(Status::Cancelled);
            }
            Request::Appointment | Request::Invitation => {
                item.description = self.body.clone();
                item.attendees = self.attendees.clone();
                item.status = Some(Status::Confirmed);
                let alarm = |minutes| Alarm::Before { minutes };
                item.alarm = self.reminder_minutes.map(alarm);
            }
        }
        item
    }

    fn recurrence_id(&self, clock: Clock<'_>) -> Option<Moment> {
        let local = match self.instance? {
            Instance::At(at) => self.local(at, clock),
            Instance::On { day, minutes } => {
                let same_time = || Some(self.local(self.start?, clock).time());
                let midnight = day.at(0, 0, 0, 0);
                match minutes {
                    Some(minutes) => {
                        midnight.saturating_add(SignedDuration::from_mins(minutes.into()))
                    }
                    None => day.to_datetime(same_time()?),
                }
            }
        };
        Some(clock.moment(local))
    }

    /// What clocks show. Whole days begin with midnight somewhere: without a zone it is the nearest one.
    fn local(&self, at: Timestamp, clock: Clock<'_>) -> DateTime {
        let zone = match clock {
            Clock::Zone(zone) => Some(zone),
            Clock::Days => self.time_zone.as_ref(),
            Clock::Utc => None,
        };
        if let Some(zone) = zone {
            return zone.local(at);
        }
        let utc = Offset::UTC.to_datetime(at);
        match clock {
            Clock::Days => {
                let noon = utc.saturating_add(SignedDuration::from_hours(12));
                noon.date().at(0, 0, 0, 0)
            }
            Clock::Utc | Clock::Zone(_) => utc,
        }
    }
}

impl Answer {
    fn attendee(&self) -> Attendee {
        let participation = match (self.proposed, self.participation) {
            // RFC 5546 §3.2.7 leaves it open; who proposes another time has not agreed to this one.
            (Some(_), Participation::Accepted) => Participation::Tentative,
            (_, participation) => participation,
        };
        Attendee {
            person: self.attendee.clone(),
            kind: UserKind::Individual,
            role: Role::Required,
            participation,
            wants_answer: false,
        }
    }
}
