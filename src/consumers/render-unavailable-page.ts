/** The page of a disabled site: complete in itself, says nothing about the server, and is kept by no cache. */
export function renderUnavailablePage(): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Site unavailable</title>
<style>body{margin:20vh auto;max-width:32rem;padding:0 1rem;font:1.1rem/1.5 system-ui,sans-serif;color:#333}h1{font-size:1.4rem}</style>
</head>
<body>
<h1>This site is unavailable</h1>
<p>It has been switched off for the time being. Please come back later.</p>
</body>
</html>
`;
}
