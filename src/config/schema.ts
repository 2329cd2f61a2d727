/** The configuration file as one source: validation, types, defaults, their reasons, config/cluster.schema.json. */
import Type, { type Static } from 'typebox'
import { bytesPattern } from './bytes.ts'
import {
  defaultOptions,
  defaultPorts,
  leastQuotaBytes,
  leastSlaveMemoryBytes,
  leastUploadLimitBytes,
} from './options.ts'

export { defaultOptions, defaultPorts, type Options } from './options.ts'

const mostAgeHours = 10 * 366 * 24
const mostSlaves = 10_000

// `errorMessage` is what a fault says is wanted; editors that know JSON Schema show it as well.
const name = Type.String({
  pattern: '^[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$',
  description:
    'Hostname of the machine. Nodes of one name are the roles of one machine, at one ip; two slaves never share a name.',
  errorMessage: 'a hostname of letters, digits, ".", "_" and "-", at most 253 characters',
})

// The first number from 1 to 223: 0.0.0.0 would bind every address, and multicast addresses are no node's.
const ip = Type.String({
  pattern:
    '^([1-9]|[1-9][0-9]|1[0-9]{2}|2[01][0-9]|22[0-3])(\\.([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])){3}$',
  description: 'IPv4 address, dotted decimal. The node binds this address only.',
  errorMessage:
    'the IPv4 address of one node, dotted decimal from 1.0.0.0 to 223.255.255.255 without leading zeros, such as "10.0.0.1"',
})

const port = (byDefault: number) =>
  Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 65_535,
      default: byDefault,
      description: `TCP port. The roles have different ones, so that one address can host all of them; ${byDefault} by default.`,
      errorMessage: 'a whole number from 1 to 65535',
    }),
  )

const performance = Type.Number({
  exclusiveMinimum: 0,
  description:
    'Speed relative to the other slaves: one of 2 gets twice the work of one of 1 until its speed is measured.',
  errorMessage: 'a positive, finite number',
})

const count = (minimum: number, maximum: number, byDefault: number, description: string) =>
  Type.Optional(
    Type.Integer({
      minimum,
      maximum,
      default: byDefault,
      description,
      errorMessage: `a whole number from ${minimum} to ${maximum}`,
    }),
  )

const bytes = (minimum: number, description: string, byDefault?: number) =>
  Type.Optional(
    Type.Union(
      [Type.Integer({ minimum, maximum: Number.MAX_SAFE_INTEGER }), Type.String({ pattern: bytesPattern })],
      {
        ...(byDefault === undefined ? {} : { default: byDefault }),
        description,
        errorMessage: `a count of bytes such as 536870912 or "512MiB" (B, KiB, MiB, GiB, TiB), at least ${minimum}`,
      },
    ),
  )

const strict = { additionalProperties: false } as const

const OptionsFile = Type.Object(
  {
    'heartbeat-ms': count(
      50,
      60_000,
      defaultOptions.heartbeatMs,
      'How often a slave tells master-assign that it lives. Shorter finds a silent slave sooner and costs more messages; one whose process ends is found out at once in any case.',
    ),
    'lease-ms': count(
      200,
      3_600_000,
      defaultOptions.leaseMs,
      'How long a slave may be silent before its work units are handed to others; and how long it may not get on with one, at least: three times as long as the unit is expected to take, where that is longer. At least three heartbeats, so that one lost message is no death. Ten seconds are longer than most pauses of a machine that is well, and shorter than computing a large unit again takes.',
    ),
    attempts: count(
      1,
      100,
      defaultOptions.attempts,
      'How often a work unit may fail before its job does, on three slaves at least where there are so many: enough to survive several slaves, too few to retry a hopeless unit for ever. Also how often it may be computed wrong.',
    ),
    'suspicion-threshold': Type.Optional(
      Type.Number({
        minimum: 0.5,
        maximum: 100,
        default: defaultOptions.suspicionThreshold,
        description:
          'Of phi, which grows with the silence of a slave (phi accrual): above it the slave gets no new work units until it is heard. At 8 one suspicion in 100 million is wrong as long as heartbeats come as they did; with the default heartbeat that is after 2.3 s or more, two heartbeats that are missing.',
        errorMessage: 'a number from 0.5 to 100',
      }),
    ),
    'rest-ms': count(
      0,
      3_600_000,
      defaultOptions.restMs,
      "How long a slave gets no work units after its second failure in a row. The time doubles with each one more, and a tile that is placed ends it: one failure may be anybody's, and a slave that is broken should not eat up the attempts of one unit after the other.",
    ),
    'rest-limit-ms': count(
      0,
      3_600_000,
      defaultOptions.restLimitMs,
      'How long a slave rests at most: a minute costs little, and one that was repaired is at work again soon.',
    ),
    'units-at-hand': count(
      1,
      16,
      defaultOptions.unitsAtHand,
      'Work units a slave holds at once. With two it fetches the blocks of the next while it computes one; more only spoils the balance at the end.',
    ),
    'unit-edge': count(
      16,
      16_384,
      defaultOptions.unitEdge,
      'Longest edge of a work unit, in elements of C. Larger ones move less data for each product; smaller ones balance better and cost less when they are lost. Units are smaller by themselves, down to 1024, where a slave would get fewer than four, or could not hold two.',
    ),
    'block-edge': count(
      16,
      8192,
      defaultOptions.blockEdge,
      'Edge of the blocks that operands travel in, in elements. Work units share blocks, so they are smaller than a unit, and large enough that a request is cheap beside its data.',
    ),
    'measured-performance': Type.Optional(
      Type.Boolean({
        default: defaultOptions.measuredPerformance,
        description:
          'Whether the speed that is measured corrects the configured one. Off: the shares follow "performance" exactly, run after run.',
        errorMessage: 'true or false',
      }),
    ),
    'plan-grace-ms': count(
      0,
      600_000,
      defaultOptions.planGraceMs,
      'How long a job waits for configured slaves that are not there yet, so that a cluster that starts up is planned whole.',
    ),
    verify: Type.Optional(
      Type.Boolean({
        default: defaultOptions.verify,
        description:
          'Whether each tile is checked against the operands before it is placed, where a job does not say. It costs the masters a pass over the operands and over the tiles, and finds a slave whose memory or processor is broken.',
        errorMessage: 'true or false',
      }),
    ),
    'slave-memory': bytes(
      leastSlaveMemoryBytes,
      'Memory a slave sets aside for blocks and tiles, where the slave does not say its own "memory". 1 GiB holds many units of the default size and leaves room on small machines.',
      defaultOptions.slaveMemoryBytes,
    ),
    'upload-limit': bytes(
      leastUploadLimitBytes,
      'Largest matrix file that master-assign takes. It bounds what one request can fill the disk with.',
      defaultOptions.uploadLimitBytes,
    ),
    'matrix-age-hours': count(
      1,
      mostAgeHours,
      defaultOptions.matrixAgeHours,
      'How long master-assign keeps a matrix that no job uses, since its last use. A week by default.',
    ),
    'matrix-quota': bytes(
      leastQuotaBytes,
      'Most that uploaded matrices may take on the disk of master-assign. What was not used for longest goes first; never what a job under way uses.',
      defaultOptions.matrixQuotaBytes,
    ),
    'result-age-hours': count(
      1,
      mostAgeHours,
      defaultOptions.resultAgeHours,
      'How long master-combine keeps a result, since it was sealed or fetched last. A week by default.',
    ),
    'result-quota': bytes(
      leastQuotaBytes,
      'Most that results may take on the disk of master-combine. What was not fetched for longest goes first.',
      defaultOptions.resultQuotaBytes,
    ),
    'operand-folders': Type.Optional(
      Type.Array(
        Type.String({
          pattern: '^/.*',
          maxLength: 4096,
          errorMessage: 'the absolute path of a folder, such as "/data/matrices"',
        }),
        {
          maxItems: 64,
          default: [],
          description:
            'Folders whose .npy files jobs may name by path, instead of uploading them: below these, and nowhere else, links followed. Slaves that see the same files read them by themselves. Whoever may submit jobs may read these files.',
          errorMessage: 'a list of at most 64 folders',
        },
      ),
    ),
    'operand-urls': Type.Optional(
      Type.Array(
        Type.String({
          pattern: '^https?://[^/?#\\s]+/([^?#\\s]*/)?$',
          maxLength: 4096,
          errorMessage: 'the beginning of URLs up to a "/", such as "https://files.example/matrices/"',
        }),
        {
          maxItems: 64,
          default: [],
          description:
            'Beginnings of the URLs of .npy files that jobs may name instead of uploading them; the server has to know Range. Other URLs are refused, as the nodes may reach what users may not.',
          errorMessage: 'a list of at most 64 beginnings of URLs',
        },
      ),
    ),
  },
  { ...strict, description: 'Everything else. Each option has a default.' },
)

const master = (role: string, byDefault: number) =>
  Type.Object({ name, ip, port: port(byDefault) }, { ...strict, description: role })

export const ClusterFile = Type.Object(
  {
    $schema: Type.Optional(
      Type.String({
        description: 'Where editors find this schema.',
        errorMessage: 'the path of a JSON Schema',
      }),
    ),
    'master-assign': master(
      "Takes jobs, plans them and hands out work units; serves the users' API.",
      defaultPorts.assign,
    ),
    'master-combine': master(
      'Takes the tiles of the result and puts them in place. May be the same node as master-assign.',
      defaultPorts.combine,
    ),
    slaves: Type.Array(
      Type.Object(
        {
          name,
          ip,
          port: port(defaultPorts.slave),
          performance,
          threads: Type.Optional(
            Type.Integer({
              minimum: 1,
              maximum: 1024,
              description: 'Threads to compute with. By default the cores the process may really use.',
              errorMessage: 'a whole number from 1 to 1024',
            }),
          ),
          memory: bytes(
            leastSlaveMemoryBytes,
            'Memory for blocks and tiles. By default the option "slave-memory".',
          ),
        },
        { ...strict, description: 'Computes work units.' },
      ),
      {
        minItems: 1,
        maxItems: mostSlaves,
        description: "The slaves. A master's file lists all of them; a slave's file may list just itself.",
        errorMessage: `a list of 1 to ${mostSlaves} slaves`,
      },
    ),
    options: Type.Optional(OptionsFile),
  },
  { ...strict, description: 'A gemmesh cluster: the same file on every node.' },
)
export type ClusterFile = Static<typeof ClusterFile>
export type OptionsFile = Static<typeof OptionsFile>

/** The text of config/cluster.schema.json. */
export const clusterSchemaText = (): string =>
  `${JSON.stringify({ $schema: 'http://json-schema.org/draft-07/schema#', title: 'gemmesh cluster', ...ClusterFile }, null, 2)}\n`
