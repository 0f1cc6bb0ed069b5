import { Command } from 'commander'

/** A command that only holds others: `tidemark app create`. */
export function commandGroup(name: string, description: string, commands: readonly Command[]): Command {
  const group = new Command(name).description(description).helpCommand('help [command]', 'print help for a command')
  for (const command of commands) group.addCommand(command)
  return group
}

/** A command and all that it holds, at any depth. */
export function* withinCommand(command: Command): Iterable<Command> {
  yield command
  for (const inner of command.commands) yield* withinCommand(inner)
}
