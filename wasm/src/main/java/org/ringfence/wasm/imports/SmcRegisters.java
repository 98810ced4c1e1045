package org.ringfence.wasm.imports;

/**
 * X0 to X6 of an SMC, in a structure of the module's memory. X0 names the function. Source: SMC Calling Convention.
 *
 * @param at the structure's address
 */
record SmcRegisters(ImportCall call, long at) {
    private static final int BYTES = 8;

    /** Those of the call that is under way. */
    static SmcRegisters of(ImportCall call) {
        return new SmcRegisters(call, call.argument(0));
    }

    /** X{@code number}. */
    long x(int number) {
        return call.read(at + (long) BYTES * number);
    }

    /** What the module gets: X0, and from X1 on the others; those that are not told stay as they are. */
    Reply returning(long... values) {
        Reply reply = Reply.NOTHING;
        for (int i = 0; i < values.length; i++) {
            reply = reply.writing(at + (long) BYTES * i, values[i]);
        }
        return reply;
    }
}
