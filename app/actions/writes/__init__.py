"""Actions that change something: each makes a plan, which the gate has confirmed and carries out."""
