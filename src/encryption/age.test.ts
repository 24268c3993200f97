import { Encrypter } from 'age-encryption';
import { describe, expect, it } from 'vitest';
import { newAgeKey, openWith, openWithPassphrase, sealTo, sealWithPassphrase } from './age.ts';
import { Secret } from './secret.ts';

const PLAIN = Buffer.from('{"a":1}\n');

/** A passphrase file that costs a test nothing. */
async function cheapFile(passphrase: string, workFactor = 4): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  encrypter.setScryptWorkFactor(workFactor);
  return encrypter.encrypt(PLAIN);
}

describe('age', () => {
  it('opens with the key of any recipient, and with no other', async () => {
    const [alice, bob, eve] = [await newAgeKey(), await newAgeKey(), await newAgeKey()];
    const sealed = await sealTo([alice.recipient, bob.recipient])(PLAIN);
    for (const { identity } of [alice, bob]) expect(Buffer.from(await openWith(identity)(sealed))).toEqual(PLAIN);
    await expect(openWith(eve.identity)(sealed)).rejects.toThrow('no identity matched');
  });

  it('opens nothing of which any byte is another', async () => {
    const { identity, recipient } = await newAgeKey();
    const sealed = await sealTo([recipient])(PLAIN);
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Uint8Array.from(sealed);
      changed[at]! ^= 1;
      await expect(openWith(identity)(changed), `byte ${at}`).rejects.toThrow();
    }
  });

  it('reads no header that is longer than any of ours', async () => {
    const { identity } = await newAgeKey();
    const stanza = `-> X25519 ${'A'.repeat(43)}\n${'A'.repeat(43)}\n`;
    const huge = Buffer.from(`age-encryption.org/v1\n${stanza.repeat(1_000)}--- ${'A'.repeat(43)}\n`);
    await expect(openWith(identity)(huge)).rejects.toThrow('It is no age file');
    await expect(openWith(identity)(Buffer.from('{}'))).rejects.toThrow('It is no age file');
  });

  it('tells a wrong passphrase from a file that is none', async () => {
    const sealed = await cheapFile('right');
    expect(Buffer.from((await openWithPassphrase(sealed, new Secret('right')))!)).toEqual(PLAIN);
    expect(await openWithPassphrase(sealed, new Secret('wrong'))).toBeUndefined();
    const damaged = Uint8Array.from(sealed);
    damaged[damaged.length - 1]! ^= 1;
    await expect(openWithPassphrase(damaged, new Secret('right'))).rejects.toThrow();
    const { recipient } = await newAgeKey();
    await expect(openWithPassphrase(await sealTo([recipient])(PLAIN), new Secret('x'))).rejects.toThrow(
      'It is no passphrase file of age',
    );
  });

  it('spends no more on a passphrase than age does', async () => {
    const sealed = Buffer.from(await cheapFile('right')).toString('latin1');
    for (const workFactor of ['19', '22', '0', '04', '1e1']) {
      const asking = Buffer.from(sealed.replace(/(-> scrypt \S+) 4\n/, `$1 ${workFactor}\n`), 'latin1');
      await expect(openWithPassphrase(asking, new Secret('right'))).rejects.toThrow('It is no passphrase file of age');
    }
  });

  it('makes passphrase files as age makes them', async () => {
    const sealed = Buffer.from(await sealWithPassphrase(PLAIN, new Secret('p'))).toString('latin1');
    expect(sealed).toMatch(/^age-encryption\.org\/v1\n-> scrypt [A-Za-z0-9+/]{22} 18\n[A-Za-z0-9+/]{43}\n--- /);
  });

  it('shows no secret by accident', () => {
    const secret = new Secret('AGE-SECRET-KEY-1');
    expect(`${String(secret)} ${JSON.stringify({ secret })}`).not.toContain('AGE-');
    expect(Object.values(secret)).toEqual([]);
  });
});
