import t from 'tap'
import { MemoryLink } from '../../src/transport/memory-link.ts'
import { samples } from '../protocol/samples.ts'
import { linkSuite } from './link-suite.ts'

const origin = 'http://10.0.0.1:7710'

t.test('a link within the process', t =>
  linkSuite(t, async (t, { app }, traffic) => {
    const link = new MemoryLink(new Map([[origin, app]]), traffic)
    t.teardown(() => app.close())
    return { link, origin }
  }),
)

t.test('a node that is not in the mesh is not there', t =>
  t.rejects(new MemoryLink(new Map()).call(origin, 'register', samples.register.request), {
    code: 'GEMMESH_NODE_UNREACHABLE',
    message: /http:\/\/10\.0\.0\.1:7710 refuses the connection/,
  }),
)
