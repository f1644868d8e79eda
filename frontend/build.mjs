// Builds the style sheets and the script of Moothall's pages into the package's static files.
// Started by `python -m moothall.core.frontend`, which decides whether there is anything to do.

import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import * as esbuild from 'esbuild'
import * as sass from 'sass'

const here = dirname(fileURLToPath(import.meta.url))
const out = join(here, '../src/moothall/core/static/moothall/dist')
const browsers = ['chrome111', 'firefox113', 'safari16.4']

async function style (name) {
  const { css } = sass.compile(join(here, `sass/${name}.scss`), {
    loadPaths: [here],
    quietDeps: true,
    silenceDeprecations: ['if-function']
  })
  const { code } = await esbuild.transform(css, { loader: 'css', minify: true, target: browsers })
  await write(`${name}.css`, code)
}

async function script (name) {
  const { outputFiles } = await esbuild.build({
    entryPoints: [join(here, `js/${name}.js`)],
    bundle: true,
    format: 'esm',
    minify: true,
    target: browsers,
    legalComments: 'none',
    write: false
  })
  await write(`${name}.js`, outputFiles[0].text)
}

async function write (name, text) {
  await writeFile(join(out, name), text)
  console.log(`${name}: ${(Buffer.byteLength(text) / 1000).toFixed(1)} kB`)
}

await mkdir(out, { recursive: true })
await Promise.all([style('staff'), style('public'), style('report'), style('paper'), style('wall'), script('staff'), script('wall')])
