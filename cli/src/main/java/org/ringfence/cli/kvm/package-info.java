/** Compares the model of KVM's private memory with the KVM of the machine that Ringfence runs on. */
@NullMarked
package org.ringfence.cli.kvm;

import org.jspecify.annotations.NullMarked;
