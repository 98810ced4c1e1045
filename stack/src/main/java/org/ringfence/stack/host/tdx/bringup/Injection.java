package org.ringfence.stack.host.tdx.bringup;

/**
 * A failure that an experiment wants: one call that fails without doing anything.
 *
 * @param call which leaf function; {@link Call#NONE} for no failure
 * @param occurrence which of its calls, from 1
 * @param rax with what it fails; not 0
 */
public record Injection(Call call, int occurrence, long rax) {
    public Injection {
        if (occurrence < 1) {
            throw new IllegalArgumentException(
                    "call number %d is to fail; calls are counted from 1".formatted(occurrence));
        }
        if (call != Call.NONE && rax == 0) {
            throw new IllegalArgumentException("a call is to fail with TDX_SUCCESS; allowed is any other status");
        }
    }

    /** Nothing fails. */
    public static Injection none() {
        return new Injection(Call.NONE, 1, 0);
    }

    boolean hits(Call other, int number) {
        return call == other && occurrence == number;
    }
}
