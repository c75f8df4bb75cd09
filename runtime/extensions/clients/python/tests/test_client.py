"""Against the real extensions, which talk to a stand-in for AWS: python -m unittest discover, with Go on the path."""
import http.server
import json
import os
import socket
import subprocess
import sys
import threading
import time
import unittest
import urllib.request
from pathlib import Path
from unittest import mock

EXTENSIONS = Path(__file__).parents[3]
sys.path.insert(0, str(EXTENSIONS / 'clients/python'))

import extension_client as client  # noqa: E402


def close_connections():
    for idle in client._idle.values():
        while idle:
            idle.pop().close()


class ClientTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.extensions = subprocess.Popen(['go', 'run', './internal/standin/serve'], cwd=EXTENSIONS,
                                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        cls.addClassCleanup(cls.extensions.communicate)
        cls.environment = json.loads(cls.extensions.stdout.readline())

    def setUp(self):
        patch = mock.patch.dict(os.environ, self.environment, clear=True)
        patch.start()
        self.addCleanup(patch.stop)
        self.addCleanup(close_connections)

    def control(self, method, path, body=b''):
        request = urllib.request.Request(self.environment['CONTROL_URL'] + path, body, method=method)
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.read()

    def until(self, happened):
        deadline = time.monotonic() + 5
        while not happened():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)

    def fails(self, code, status, call, *arguments):
        with self.assertRaises(client.ExtensionError) as caught:
            call(*arguments)
        self.assertEqual((caught.exception.code, caught.exception.status), (code, status))
        return str(caught.exception)

    def test_values(self):
        self.assertEqual(client.get_parameter('/app/text'), 'text')
        self.assertEqual(client.get_parameter('/app/secure'), 'secure')
        self.assertEqual(client.get_configuration('app', 'prod', 'text'), 'text')
        self.assertEqual(client.get_configuration('app', 'prod', 'flags'), {'flag': True})

    def test_what_a_caller_does_to_a_configuration_is_not_seen_by_others(self):
        client.get_configuration('app', 'prod', 'flags').clear()
        self.assertEqual(client.get_configuration('app', 'prod', 'flags'), {'flag': True})

    def test_a_rotation(self):
        before = client.get_secret('db')
        self.control('PUT', '/secrets/db', b'rotated')
        self.until(lambda: client.get_secret('db') == 'rotated')
        self.assertEqual(client.get_secret('db', 'AWSPREVIOUS'), before)
        arn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf'
        self.assertEqual(client.get_secret(arn), 'rotated')

    def test_the_last_good_value_stays(self):
        self.addCleanup(self.control, 'DELETE', '/trouble')
        value = client.get_secret('db')
        self.control('PUT', '/trouble')
        for _ in range(30):
            self.assertEqual(client.get_secret('db'), value)
            time.sleep(0.05)

    def test_cached_reads_cost_no_calls_and_one_connection(self):
        client.get_secret('db')
        connections = {port: list(idle) for port, idle in client._idle.items()}
        before = int(self.control('GET', '/calls/GetSecretValue', None))
        for _ in range(500):
            client.get_secret('db')
        # The background refreshes each second, also what is missing.
        self.assertLess(int(self.control('GET', '/calls/GetSecretValue', None)) - before, 10)
        self.assertEqual(client._idle, connections)

    def test_threads(self):
        errors = []

        def read():
            try:
                for _ in range(50):
                    self.assertEqual(client.get_parameter('/app/text'), 'text')
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=read) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(errors, [])

    def test_a_connection_that_was_closed_in_the_meantime(self):
        client.get_parameter('/app/text')
        for connection in client._idle[json.loads(os.environ['CONFIG_EXTENSION_CONFIG'])['port']]:
            connection.sock.shutdown(socket.SHUT_RDWR)
        self.assertEqual(client.get_parameter('/app/text'), 'text')

    def test_refusals(self):
        self.assertIn('property `secrets`', self.fails('NotServed', 404, client.get_secret, 'other'))
        self.fails('ResourceNotFoundException', 404, client.get_secret, 'missing')
        self.fails('NotServed', 404, client.get_parameter, '/other')
        self.fails('NotServed', 404, client.get_configuration, 'app', 'prod', '../flags')
        os.environ['AWS_SESSION_TOKEN'] = 'wrong'
        self.fails('Unauthorized', 401, client.get_secret, 'db')

    def test_an_extension_that_is_not_there(self):
        del os.environ['SECRETS_EXTENSION_CONFIG']
        self.assertIn('attach a SecretsExtension', self.fails('NotAttached', None, client.get_secret, 'db'))
        os.environ['CONFIG_EXTENSION_CONFIG'] = '{"port":1}'
        self.assertIn('127.0.0.1:1', self.fails('Unreachable', None, client.get_parameter, '/app/text'))

    def test_another_server_at_the_port(self):
        server = http.server.HTTPServer(('127.0.0.1', 0), http.server.BaseHTTPRequestHandler)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever).start()
        os.environ['SECRETS_EXTENSION_CONFIG'] = json.dumps({'port': server.server_port})
        with mock.patch('http.server.BaseHTTPRequestHandler.log_message'):
            self.fails('InvalidAnswer', 501, client.get_secret, 'db')


if __name__ == '__main__':
    unittest.main()
