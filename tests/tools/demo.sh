#!/usr/bin/env bash
# The demonstration. `make demo` runs it with the NXAI_... variables of a simulator.
set -euo pipefail
cd "$(dirname "$0")/../.."

inventory=playbooks/demo.nxai.yml
model=.cache/brightness.onnx
play=(ansible-playbook -i "$inventory" playbooks/demo.yml -e "model_file=$PWD/$model")

export ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED=true

say() { printf '\n\033[1m--- %s\033[0m\n' "$*"; }
run() {
    say "$1"
    shift
    printf '$ %s\n\n' "$*"
    "$@"
}

run "First contact: does the service differ from what is known? It only reads" \
    ansible-playbook playbooks/first_contact.yml -e "first_contact_dir=$PWD/.cache"
run "A real ONNX model, made by the onnx library" python tests/tools/demo_model.py "$model"
run "The sites and cameras of the account, as an inventory" ansible-inventory -i "$inventory" --graph
run "What the playbook would do; nothing is written" "${play[@]}" --check --diff
run "The playbook: catalogue, model, pipelines on the cameras of one shop" "${play[@]}"
run "The inventory again: there are cameras with pipelines now" ansible-inventory -i "$inventory" --graph
run "The same playbook a second time" "${play[@]}" | tee .cache/second-run

if ! grep -Eq 'changed=0 .*failed=0' .cache/second-run; then
    say "The second run changed something: that is a fault, please report it"
    exit 1
fi

say "What you have just seen"
cat << 'END'
The service was looked at first: .cache/first-contact.md is the report.
A model was uploaded and converted, put into a catalogue, and assigned to the cameras of one shop.
The second run changed nothing, since everything was as declared already.

The cloud was a simulator (tests/simulator). For your own account:

  export NXAI_API_URL=https://api.sclbl.nxvms.com
  export NXAI_TOKEN=...                  # an access token of your account
  ansible-inventory -i playbooks/demo.nxai.yml --graph
  ansible-playbook -i playbooks/demo.nxai.yml playbooks/demo.yml --check --diff \
    -e model_file=YOUR.onnx -e site_group=ONE_OF_THE_GROUPS_ABOVE

README.md says how to install the collection, and docs/authentication.md how else to sign in.
END
