/** The configuration of a cluster: read it, check it, find oneself in it. */
export { parseBytes } from './config/bytes.ts'
export {
  type Cluster,
  type NodeAddress,
  origin,
  parseCluster,
  readCluster,
  type SlaveAddress,
} from './config/cluster.ts'
export { type Clues, type Identity, identify, type Mode, modes } from './config/identify.ts'
export {
  ClusterFile,
  clusterSchemaText,
  defaultOptions,
  defaultPorts,
  type Options,
} from './config/schema.ts'
