import { describe, expect, it } from 'vitest';
import { notComparedText } from './difference-view.ts';

describe('notComparedText', () => {
  it('does not say why the configuration was left out: it may be by --no-config', () => {
    const text = notComparedText({ configuration: null, factors: false });
    expect(text).toBe('configuration (--config compares it); factors: one side alone is deep');
  });
});
