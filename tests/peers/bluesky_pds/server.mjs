// Starts an in-memory identity directory (PLC) and a Personal Data Server (PDS) for tests, both on free loopback ports:
//
//     node server.mjs DATA_FOLDER
//
// Prints one line of JSON, {"pds": URL, "plc": URL}, once both answer. Ends on SIGTERM, on SIGINT, and when its standard
// input closes, so that it never outlives the test run that started it.

import { randomBytes } from 'node:crypto'
import net from 'node:net'
import path from 'node:path'
import { PDS, envToCfg, envToSecrets } from '@atproto/pds'
import plc from '@did-plc/server'

const LOOPBACK = '127.0.0.1'

// Both servers would listen on every interface of the machine. The PDS's own `listen` serves its streams as well.
function listenOnLoopbackOnly(app) {
  const listen = app.listen
  app.listen = (port) => listen.call(app, port, LOOPBACK)
}

// The PDS writes its own address into each account's DID document, so it has to know its port before it listens.
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer()
    probe.on('error', reject)
    probe.listen(0, LOOPBACK, () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

async function startPlc() {
  const server = plc.PlcServer.create({ db: plc.Database.mock(), port: 0 })
  listenOnLoopbackOnly(server.app)
  const { port } = (await server.start()).address()
  return { server, url: `http://${LOOPBACK}:${port}` }
}

async function startPds(dataDirectory, plcUrl) {
  const port = await freePort()
  const secret = () => randomBytes(32).toString('hex')
  const environment = {
    port,
    hostname: 'localhost',
    serviceDid: 'did:web:localhost',
    serviceHandleDomains: ['.test'],
    dataDirectory,
    blobstoreDiskLocation: path.join(dataDirectory, 'blobs'),
    blobstoreDiskTmpLocation: path.join(dataDirectory, 'blobs-tmp'),
    didPlcUrl: plcUrl,
    devMode: true,
    disableSsrfProtection: true,
    inviteRequired: false,
    rateLimitsEnabled: false,
    // A session that carried the DID document would send clients straight to the PDS, past a proxy put before it.
    enableDidDocWithSession: false,
    jwtSecret: secret(),
    adminPassword: secret(),
    dpopSecret: secret(),
    plcRotationKeyK256PrivateKeyHex: secret(),
  }
  const server = await PDS.create(envToCfg(environment), envToSecrets(environment))
  listenOnLoopbackOnly(server.app)
  await server.start()
  return { server, url: `http://${LOOPBACK}:${port}` }
}

const [dataDirectory] = process.argv.slice(2)
if (!dataDirectory) {
  console.error('usage: node server.mjs DATA_FOLDER')
  process.exit(2)
}

const directory = await startPlc()
const pds = await startPds(path.resolve(dataDirectory), directory.url)

let stopping = false
async function stop() {
  if (stopping) return
  stopping = true
  await pds.server.destroy()
  await directory.server.destroy()
  process.exit(0)
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
process.stdin.on('end', stop).resume()

console.log(JSON.stringify({ pds: pds.url, plc: directory.url }))
