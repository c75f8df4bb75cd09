const { createHmac, timingSafeEqual } = require('node:crypto');
const { getSecret } = require('extension-client');

exports.handler = async ({ receipt, signature }) => {
  const given = Buffer.from(signature, 'hex');
  for (const key of await keys()) {
    const expected = createHmac('sha256', key).update(receipt).digest();
    if (given.length === expected.length && timingSafeEqual(given, expected)) {
      return { valid: true };
    }
  }
  return { valid: false };
};

// A receipt that was signed before the last rotation is still valid.
async function keys() {
  const id = process.env.RECEIPT_KEY;
  try {
    return [await getSecret(id), await getSecret(id, 'AWSPREVIOUS')];
  } catch (error) {
    if (error.code !== 'ResourceNotFoundException') {
      throw error;
    }
    // A key that was never rotated has no previous one.
    return [await getSecret(id)];
  }
}
