"""Signs and verifies tokens with keys made here."""
import datetime

import jwt
from cryptography import x509
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509.oid import NameOID

key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

token = jwt.encode({'sub': 'user', 'aud': 'shop'}, private, algorithm='RS256', headers={'kid': 'one'})
assert jwt.decode(token, public, algorithms=['RS256'], audience='shop')['sub'] == 'user'
assert jwt.get_unverified_header(token)['kid'] == 'one'
try:
    jwt.decode(token, public, algorithms=['RS256'], audience='bank')
    raise SystemExit('a token for somebody else was taken')
except jwt.InvalidAudienceError:
    pass

curve_key = ec.generate_private_key(ec.SECP256R1())
assert jwt.decode(jwt.encode({'a': 1}, curve_key, algorithm='ES256'), curve_key.public_key(), algorithms=['ES256']) == {'a': 1}
assert jwt.PyJWK.from_json(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())).key.public_numbers() == key.public_key().public_numbers()

signature = key.sign(b'text', padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.MAX_LENGTH), hashes.SHA256())
key.public_key().verify(signature, b'text', padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.MAX_LENGTH), hashes.SHA256())
box = Fernet(Fernet.generate_key())
assert box.decrypt(box.encrypt(b'text')) == b'text'
cipher = AESGCM(AESGCM.generate_key(128))
assert cipher.decrypt(b'0' * 12, cipher.encrypt(b'0' * 12, b'text', None), None) == b'text'

name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, 'example')])
now = datetime.datetime.now(datetime.timezone.utc)
certificate = (
    x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    .not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1)).sign(key, hashes.SHA256())
)
certificate.verify_directly_issued_by(certificate)
