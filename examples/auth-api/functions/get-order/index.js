const { requireAuth } = require('auth-utils');

// Stands for a table.
const ORDERS = { 'order-1': { owner: 'ada', total: 12 }, 'order-2': { owner: 'ada', total: 30 }, 'order-3': { owner: 'bob', total: 7 } };

exports.handler = requireAuth(async (event) => {
  const { id } = event.pathParameters;
  const { sub } = event.requestContext.authorizer.claims;
  // What is somebody else's is not there: the answer does not tell which orders exist.
  const order = Object.hasOwn(ORDERS, id) && ORDERS[id].owner === sub ? ORDERS[id] : undefined;
  return order === undefined
    ? { statusCode: 404, body: JSON.stringify({ error: 'Not Found' }) }
    : { statusCode: 200, body: JSON.stringify({ id, total: order.total }) };
}, { scopes: ['orders:read'] });
