package org.ringfence.machine.operation;

import java.util.List;

/**
 * All operations of one kind that an untrusted principal may draw from. It enumerates those that a state enables,
 * computing what their arguments share once; the tests hold that against trying every argument.
 *
 * <p>Arguments are packed into an {@code int} of the family's own coding, so that nothing is allocated while exploring.
 */
public interface Family extends Mover {

    /** Whose operations these are. */
    Principal principal();

    /** Who performs them: the principal itself, unless it acts on a CPU that the machine keeps account of. */
    default Actor actor() {
        return new Actor(-1, principal(), principal().toString());
    }

    /** Every coding of arguments there is, enabled or not. */
    List<Integer> arguments();

    /** The operation with these arguments. It is enabled when its step ends with the code 0. */
    Operation<?> operation(int arguments);
}
