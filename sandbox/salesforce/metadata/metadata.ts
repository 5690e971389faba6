import { unzipSync } from 'fflate';
import type { Unzipped } from 'fflate';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { z } from 'zod';
import type { Draft } from './draft.ts';
import {
  checkMember,
  isMember,
  putMember,
  selectedEntities,
} from '#sandbox/salesforce/events/channel-members.ts';
import type { ChannelMember } from '#sandbox/salesforce/events/channel-members.ts';
import { customKeyPrefix } from '#sandbox/salesforce/records/ids.ts';
import { list, readField, readObject, required } from './metadata-components.ts';
import type { Xml } from './metadata-components.ts';
import type { Org } from '#sandbox/salesforce/records/org.ts';
import { applyPermissionSet, readPermissionSet } from './permission-sets.ts';

export interface ComponentMessage {
  readonly componentType: string;
  readonly fullName: string;
  readonly fileName: string;
  readonly success: boolean;
  readonly created: boolean;
  readonly changed: boolean;
  readonly deleted: false;
  readonly problem?: string;
  readonly problemType?: 'Error';
}
export interface DeployOutcome {
  readonly successes: readonly ComponentMessage[];
  readonly failures: readonly ComponentMessage[];
}

const packageShape = z.object({
  types: z.array(z.object({ name: z.string(), members: z.array(z.string()) })),
});

/** Reads a package and, when nothing in it is wrong, puts it into the org: all of it or none. */
export function deployPackage(org: Org, zip: Uint8Array, checkOnly: boolean): DeployOutcome {
  const draft: Draft = {
    objects: new Map(),
    fields: new Map(),
    permissionSets: new Map(),
    channelMembers: new Map(),
  };
  const messages: ComponentMessage[] = [];
  const report = (componentType: string, fullName: string, fileName: string, work: () => boolean): void => {
    const base = { componentType, fullName, fileName, deleted: false as const };
    try {
      const created = work();
      messages.push({ ...base, success: true, created, changed: true });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      messages.push({
        ...base,
        success: false,
        created: false,
        changed: false,
        problem: error.message,
        problemType: 'Error',
      });
    }
  };
  const files = openZip(zip, report);
  const texts = Object.entries(files).map(([name, bytes]) => ({
    name,
    text: new TextDecoder().decode(bytes),
  }));
  for (const { name, text } of texts.filter((file) => file.name.endsWith('.object')))
    draftObject(org, draft, name, text, report);
  for (const { name, text } of texts.filter((file) => file.name.endsWith('.permissionset'))) {
    const fullName = fullNameOf(name);
    report('PermissionSet', fullName, name, () => {
      draft.permissionSets.set(fullName, readPermissionSet(org, draft, parseXml(text, 'PermissionSet')));
      return !org
        .rows('PermissionSet')
        .values()
        .some((row) => row['Name'] === fullName);
    });
  }
  for (const { name, text } of texts.filter((file) => file.name.endsWith('.platformEventChannelMember'))) {
    const fullName = fullNameOf(name);
    report('PlatformEventChannelMember', fullName, name, () => {
      draft.channelMembers.set(
        fullName,
        readMember(org, draft, parseXml(text, 'PlatformEventChannelMember')),
      );
      return !isMember(org, fullName);
    });
  }
  report('', 'package.xml', 'package.xml', () => checkManifest(files, draft));
  const failures = messages.filter((message) => !message.success);
  if (failures.length === 0 && !checkOnly) apply(org, draft);
  return { successes: messages.filter((message) => message.success), failures };
}

type Report = (componentType: string, fullName: string, fileName: string, work: () => boolean) => void;

function openZip(zip: Uint8Array, report: Report): Unzipped {
  let files: Unzipped = {};
  report('', 'package.zip', '', () => {
    files = unzipSync(zip);
    return false;
  });
  return files;
}

/** An object file: a new custom object, or fields for one that exists. */
function draftObject(org: Org, draft: Draft, fileName: string, text: string, report: Report): void {
  const name = fullNameOf(fileName);
  let xml: Xml = {};
  report('CustomObject', name, fileName, () => {
    xml = parseXml(text, 'CustomObject');
    const known = org.schema().object(name);
    if (known && !(known.custom && xml['label'])) return false;
    draft.objects.set(
      name,
      readObject(
        name,
        xml,
        known?.keyPrefix ?? customKeyPrefix(org.customObjectCount() + draft.objects.size),
      ),
    );
    return !known;
  });
  for (const fieldXml of list(xml['fields'])) {
    const fullName = `${name}.${String(fieldXml['fullName'])}`;
    report('CustomField', fullName, fileName, () => {
      const field = readField(name, fieldXml);
      const target = field.referenceTo;
      if (target && !org.schema().object(target) && !draft.objects.has(target))
        throw new Error(`referenceTo value of '${target}' does not resolve to a valid sObject type`);
      const existing = org
        .schema()
        .object(name)
        ?.fields.find((known) => known.name === field.name);
      if (existing && existing.type !== field.type)
        throw new Error(`Cannot change type of field ${fullName} from ${existing.type} to ${field.type}`);
      draft.fields.set(fullName, { object: name, field });
      return !existing;
    });
  }
}

function readMember(org: Org, draft: Draft, xml: Xml): ChannelMember {
  const member = {
    eventChannel: required(xml, 'eventChannel'),
    selectedEntity: required(xml, 'selectedEntity'),
  };
  const present = org.schema().objects();
  checkMember([...present.map((object) => object.name), ...draft.objects.keys()], member);
  const { changeEventEntities } = org.profile;
  const selected = new Set([...selectedEntities(org), ...entitiesOf(draft), member.selectedEntity]);
  if (changeEventEntities === null)
    throw new Error("Entity of type 'PlatformEventChannelMember' is not available in this organization");
  if (selected.size > changeEventEntities)
    throw new Error('You have exceeded the maximum number of entities for Change Data Capture.');
  return member;
}

const entitiesOf = ({ channelMembers }: Draft): readonly string[] =>
  [...channelMembers.values()].map(({ selectedEntity }) => selectedEntity);

/** Every member the manifest names must be in the zip. */
function checkManifest(files: Unzipped, draft: Draft): boolean {
  const manifest = files['package.xml'];
  if (!manifest) throw new Error('No package.xml found');
  const parsed = packageShape.parse(parseXml(new TextDecoder().decode(manifest), 'Package'));
  const present: Readonly<Record<string, ReadonlySet<string>>> = {
    CustomObject: new Set(
      Object.keys(files)
        .filter((name) => name.endsWith('.object'))
        .map(fullNameOf),
    ),
    CustomField: new Set(draft.fields.keys()),
    PermissionSet: new Set(draft.permissionSets.keys()),
    PlatformEventChannelMember: new Set(draft.channelMembers.keys()),
  };
  for (const { name, members } of parsed.types) {
    for (const member of members) {
      if (member !== '*' && !present[name]?.has(member))
        throw new Error(`Entity of type '${name}' named '${member}' cannot be found`);
    }
  }
  return false;
}

function apply(org: Org, draft: Draft): void {
  for (const object of draft.objects.values()) org.putObject(object);
  for (const { object, field } of draft.fields.values()) org.putField(object, field);
  for (const [name, set] of draft.permissionSets) applyPermissionSet(org, name, set);
  for (const [name, member] of draft.channelMembers) putMember(org, name, member);
}

const fullNameOf = (fileName: string): string =>
  (fileName.split('/').at(-1) ?? '').replace(/\.[a-zA-Z]+$/, '');

const arrays = new Set(['fields', 'value', 'types', 'members', 'fieldPermissions', 'objectPermissions']);
const parser = new XMLParser({ parseTagValue: false, isArray: (name) => arrays.has(name) });

function parseXml(text: string, root: string): Xml {
  const valid = XMLValidator.validate(text);
  if (valid !== true) throw new Error(`Error parsing file: ${valid.err.msg} (line ${valid.err.line})`);
  return required(parser.parse(text) as Xml, root) as unknown as Xml;
}
