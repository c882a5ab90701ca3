const passedOn = ['PATH', 'Path', 'HOME', 'USERPROFILE', 'TMPDIR', 'TEMP', 'TMP', 'LANG', 'SystemRoot'];

/**
 * What a server that is not ours gets to see of our environment: enough to run, no provider key, and no setting such as
 * TEMPORAL_ADDRESS that is meant for a client.
 */
export function bareEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    passedOn.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}
