/** `gemmesh demo`: a real cluster on this machine, a real product, checked. */
import { Command, Option } from 'commander'
import { type Dtype, dtypes } from '../../core/matrix.ts'
import { interruptible } from '../interruption.ts'
import { countValue, withExamples, withOutputOptions } from '../options.ts'
import { type OutputOptions, Terminal } from '../terminal.ts'

interface DemoOptions extends OutputOptions {
  readonly size: number
  readonly dtype: Dtype
  readonly seed: number
  readonly keep?: true
}

export function demoCommand(): Command {
  const command = new Command('demo')
    .summary('start a cluster of five processes here, multiply, check the result')
    .description(
      'Starts a cluster of five processes on this machine (two masters and three slaves of performance 1, 2 and 4), gives it ' +
        'two random matrices, shows the plan, the progress and what went over the wire, and checks the result against the ' +
        'naive product: every element up to 2048x2048, every element of evenly spread rows beyond. Then it ends the processes ' +
        'and removes the files.',
    )
    .option('--size <n>', 'rows and columns of the matrices', countValue, 2048)
    .addOption(new Option('--dtype <dtype>', 'their element type').choices(dtypes).default('float32'))
    .option('--seed <n>', 'their content follows from it', countValue, 1)
    .option('--keep', 'keep matrices, configuration and result')
    .action(demo)
  return withExamples(withOutputOptions(command), [
    ['gemmesh demo', 'two float32 matrices of 2048x2048'],
    ['gemmesh demo --size 4096 --dtype float64', 'larger, and in double precision'],
    ['gemmesh demo --json', 'plan, progress, figures and check as records'],
  ])
}

async function demo(options: DemoOptions): Promise<void> {
  await interruptible(async interruption => {
    const { runDemo } = await import('../demo/run-demo.ts')
    await runDemo({ ...options, keep: options.keep === true }, new Terminal(options), interruption)
  })
}
