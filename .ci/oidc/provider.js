// An OpenID Connect provider on this machine, for tests: `node provider.js REDIRECT_URI [PORT]`. It prints the address that
// it listens on and ends when its standard input does. Whom to sign in as is chosen by a button; there are no passwords.
import http from 'node:http';
import Provider from 'oidc-provider';

const [redirect, port = '0'] = process.argv.slice(2);

const REGION = 'SE2321000180-REGION';
const FALUN = 'SE2120002239-FALUN';
const FOREIGN = 'SE5565594230-1234';
const commission = (id, name, provider) => ({
  commissionHsaId: id,
  commissionName: name,
  commissionPurpose: 'Vård och behandling',
  healthCareProviderHsaId: provider,
});

// What HSA knows of each.
const USERS = {
  mas: { name: 'Maria MAS', employeeHsaId: 'SE2120002239-mas1', ...commission('SE2120002239-U1', 'MAS i Falun', FALUN) },
  two: {
    name: 'Tove Tvåuppdrag',
    employeeHsaId: 'SE2321000180-TOVE',
    allCommissions: [
      commission('SE2321000180-U2', 'Sjuksköterska på akuten', REGION),
      commission('SE2120002239-U3', 'Sjuksköterska i hemsjukvården', FALUN),
      commission('SE5565594230-U4', 'Konsult', FOREIGN),
    ],
  },
  anna: {
    given_name: 'Anna',
    family_name: 'Utan Roll',
    employeeHsaId: 'SE2321000180-ANNA',
    ...commission('SE2321000180-U5', 'Sjuksköterska', REGION),
  },
  foreign: {
    name: 'Frank Främmande',
    employeeHsaId: 'SE5565594230-FRANK',
    ...commission('SE5565594230-U6', 'Läkare', FOREIGN),
  },
};

const SECTOR = ['employeeHsaId', 'commissionHsaId', 'commissionName', 'healthCareProviderHsaId', 'allCommissions'];

const configuration = (issuer) => ({
  clients: [{
    client_id: 'samsyn',
    client_secret: 'not-so-secret-here',
    redirect_uris: [redirect],
    response_types: ['code'],
    grant_types: ['authorization_code'],
  }],
  cookies: { keys: ['only for tests'] },
  claims: { openid: ['sub'], profile: ['name', 'given_name', 'family_name', ...SECTOR] },
  conformIdTokenClaims: false, // the claims stand in the ID token, as they do at services of the sector
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `${issuer}/choose/${interaction.uid}` },
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...USERS[sub] }) }),
  async loadExistingGrant(context) {
    const { client, session, provider } = context.oidc;
    const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope('openid profile');
    await grant.save();
    return grant;
  },
});

const page = (uid) => `<!doctype html><html lang="sv"><title>Legitimera dig</title><h1>Legitimera dig</h1>${
  [...Object.keys(USERS), 'nobody'].map((user) =>
    `<form method="post" action="/choose/${uid}/${user}"><button>${USERS[user]?.name ?? user}</button></form>`).join('')
}`;

async function choose(provider, request, response) {
  const [, , uid, user] = request.url.split('/');
  if (request.method === 'GET') {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    return response.end(page(uid));
  }
  const result = USERS[user]
    ? { login: { accountId: user } }
    : { error: 'access_denied', error_description: 'she thought better of it' };
  return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

const server = http.createServer();
server.listen(Number(port), '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, configuration(issuer));
  const protocol = provider.callback();
  server.on('request', (request, response) => {
    if (!request.url.startsWith('/choose/')) return protocol(request, response);
    return choose(provider, request, response).catch((error) => response.writeHead(500).end(String(error)));
  });
  console.log(`listening on ${issuer}`);
});
process.stdin.on('end', () => process.exit(0)).resume();
