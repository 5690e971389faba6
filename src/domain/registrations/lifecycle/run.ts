import { whoMayDecide } from './deciders.ts';
import type { Notice } from './notices.ts';
import type { LifecycleProgramme } from './programme.ts';
import type { Channel, Instant, LifecycleRegistration, RoutedDeal } from './registration.ts';

/** Collects the notices of one step and makes the new channel. The given channel is never changed. */
export class LifecycleRun {
  /** The instant of the move that runs now; for a timer, the instant at which it was due. */
  now: Instant;
  readonly notices: Notice[] = [];
  #channel: Channel;

  constructor(channel: Channel, now: Instant) {
    this.#channel = channel;
    this.now = now;
  }

  get channel(): Channel {
    return this.#channel;
  }

  /** All registrations by id. */
  all(): readonly LifecycleRegistration[] {
    return Object.keys(this.#channel.registrations)
      .toSorted()
      .map((id) => this.get(id));
  }

  has(id: string): boolean {
    return Object.hasOwn(this.#channel.registrations, id);
  }

  /** @throws RangeError for an id that does not exist */
  get(id: string): LifecycleRegistration {
    const found = this.#channel.registrations[id];
    if (found === undefined) throw new RangeError(`there is no registration ${id}`);
    return found;
  }

  save(registration: LifecycleRegistration): void {
    this.change({
      registrations: { ...this.#channel.registrations, [registration.id]: registration },
    });
  }

  update(id: string, changes: Partial<LifecycleRegistration>): LifecycleRegistration {
    const registration = { ...this.get(id), ...changes };
    this.save(registration);
    return registration;
  }

  change(changes: Partial<Channel>): void {
    this.#channel = { ...this.#channel, ...changes };
  }

  /** A version of the programme with the route and the protection of this deal. */
  settingsFor(programme: LifecycleProgramme, deal: RoutedDeal): LifecycleProgramme {
    return this.#channel.settingsFor?.(programme.version, deal) ?? programme;
  }

  deciders(id: string): readonly string[] {
    return whoMayDecide(this.#channel, this.get(id), this.now);
  }

  /** A notice for no person is left out. */
  notify(
    event: string,
    id: string,
    to: readonly string[],
    details: Omit<Notice, 'event' | 'registration' | 'to'> = {},
  ): void {
    const people = [...new Set(to)].toSorted();
    if (people.length > 0) this.notices.push({ event, registration: id, to: people, ...details });
  }
}
