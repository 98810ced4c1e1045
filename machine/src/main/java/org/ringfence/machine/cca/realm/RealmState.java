package org.ringfence.machine.cca.realm;

/** The life of a realm. */
public enum RealmState {
    /** There is no realm. */
    NONE,
    /** REALM_NEW: its launch is measured. */
    NEW,
    /** REALM_ACTIVE: it can run, and is measured no more. */
    ACTIVE,
    /** REALM_SYSTEM_OFF: it has ended itself by PSCI. */
    SYSTEM_OFF
}
