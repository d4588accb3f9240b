const env = (name: string) => process.env[name] ?? "";

/** An answer that is no JSON, or of a status other than 2xx: what it did is unknown. */
export class AimError extends Error {
  constructor(
    readonly status: number,
    readonly body: string,
  ) {
    super(`the server answers with status ${status}`);
  }
}

/** Makes a call of the generated client. */
export async function aimFetch<T>(path: string, options: RequestInit): Promise<T> {
  const response = await fetch(env("AIM_BASE_URL") + path, {
    ...options,
    headers: {
      ...options.headers,
      Accept: "application/json",
      ApiKey: env("AIM_API_KEY"),
      AppId: env("AIM_APP_ID"),
      Token: env("AIM_TOKEN"),
    },
    // A redirect is an error: fetch would carry the keys along.
    redirect: "error",
  });
  const body = await response.text();
  const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
  if (!response.ok || !isJson) throw new AimError(response.status, body);
  return JSON.parse(body);
}
